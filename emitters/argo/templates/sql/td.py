"""Treasure Data: the `td` program, with the API key from a Secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitters.argo.templates.sql.dialect import Client, Dialect, Options, register

if TYPE_CHECKING:
    from emitters.argo import manifest as m
    from emitters.argo.context import TemplateContext

FLAGS = {"engine": "--type", "priority": "--priority", "job_retry": "--retry", "result_url": "--result"}


def _flags(options: Options, ctx: TemplateContext) -> tuple[str, list[m.EnvVar]]:
    words, env = [], []
    for name, option in FLAGS.items():
        if name in options:
            variable = f"TD_{name.upper()}"
            env += ctx.env([(variable, options[name])])
            words.append(f'{option} "${variable}" ')
    return "".join(words), env


TD = register(
    Dialect(
        names=("td",),
        client=Client(
            image=("td", "treasuredata/td:0.17.1"),
            env=(("TD_API_KEY", "apikey"),),
            command='td query --wait --database "$TD_DATABASE" $FLAGS--query "$SQL_FILE"',
            database="TD_DATABASE",
            options=frozenset(FLAGS),
            flags=_flags,
        ),
        driver=("td-client",),
    )
)
