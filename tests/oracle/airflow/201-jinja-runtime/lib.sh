{% macro quote(s) %}<{{ s | upper }}>{% endmacro %}
