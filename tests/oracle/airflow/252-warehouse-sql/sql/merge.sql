{% import 'sql/parts.sql' as parts %}
{%- set ns = namespace(total=0) %}
{%- for t in tables %}
{%- set ns.total = ns.total + loop.index %}
merge into {{ t | upper }} -- {{ loop.index }}/{{ loop.length }}
{%- endfor %}
where day = {{ ds | literal }} and {{ parts.between('ts', data_interval_start, macros.ds_add(ds, 1)) }} -- {{ ns.total }}
