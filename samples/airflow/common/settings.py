"""What all DAGs of the data platform share."""

from datetime import timedelta

WAREHOUSE = "warehouse"
LANDING_BUCKET = "acme-landing"
PROJECT = "acme-data"

DEFAULT_ARGS = {
    "owner": "data-platform",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
}


def landing_path(source, suffix="json"):
    """Templated object path of one hour of a source."""
    return f"{source}/{{{{ ds }}}}/{{{{ data_interval_start.strftime('%H') }}}}.{suffix}"
