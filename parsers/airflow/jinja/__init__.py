"""Jinja text of template fields as expressions."""

from __future__ import annotations

from parsers.airflow.jinja.convert import has_template, parse_concat, parse_template

__all__ = ["has_template", "parse_concat", "parse_template"]
