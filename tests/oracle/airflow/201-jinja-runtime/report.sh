{% import "lib.sh" as lib -%}
set -eu
{% include "head.sh" %}
{% for r in ti.xcom_pull(task_ids="rows") %}
echo "@@ row={{ lib.quote(r.name) }} {{ params.days }}"
{% endfor %}
