"""Keys of a task that shape the workflow; no operator reads them."""

FLOW_KEYS = (
    "_parallel", "_after", "_background", "_retry", "_error", "_check", "_export", "_env", "_disable", "_do",
    "_else_do", "_secrets", "_type", "_command", "schedule", "sla", "timezone",
)  # fmt: skip
