{% macro between(column, low, high) -%}
{{ column }} >= '{{ low | ds }}' and {{ column }} < '{{ high }}'
{%- endmacro %}
