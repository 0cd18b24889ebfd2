"""Messages to the on-call channel."""

import json
import urllib.request

from airflow.hooks.base import BaseHook

CHANNEL = "#data-alerts"


def slack_alert(context):
    """Callback for failed tasks: posts the task and its log to Slack."""
    ti = context["task_instance"]
    text = f":red_circle: {ti.dag_id}.{ti.task_id} failed for {context['ds']} (try {ti.try_number})"
    hook = BaseHook.get_connection("slack_alerts")
    body = json.dumps({"channel": CHANNEL, "text": text}).encode()
    request = urllib.request.Request(f"https://{hook.host}", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10)
