"""Runs one task: resolves its arguments, calls its code, writes its outputs, calls its handlers.

    run(function, spec)

The spec is a mapping of JSON data, written by the converter:

    workflow, task, operator, version      who this is; the source system's version
    args, kwargs, star_args, star_kwargs   encoded values (see pod_exprs)
    templates                              encoded values that code finds as `templates_dict`
    context: false                         the callable takes nothing of the context
    reads                                  [task, key, encoded value]: what `xcom_pull` may ask for
    mode                                   plain, choose, gate, sensor, shell, handler, bind
    outputs, mapped, state, keep_result    keys to write; one of many instances; whether to write success / skipped
    multiple_outputs                       a mapping is returned whose keys are outputs of their own
    children, tasks, groups                for choose: what may be answered
    poll, shell                            settings of these modes
    env, install                           environment variables (encoded), packages to install first
    skip_codes                             exit codes of the code's own that mean skipped
    run_if, skip_if                        units whose value decides whether the task is skipped
    handlers                               [event, unit]: called with the context
    retries, timeout                       further tries, seconds
    params, param_types, task_params       run parameters and their types
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import traceback

import pod_connections
import pod_context
import pod_modes
import pod_render
import pod_shim
import pod_units
from pod_errors import Skipped, as_source, exit_code, is_final, is_skip
from pod_exprs import Resolver
from pod_run import Outputs, Run


class Terminated(BaseException):
    """The pod is told to end."""


class TimedOut(pod_shim.AirflowTaskTimeout):
    """The task took longer than it may."""


def run(function, spec):
    """Runs the task and ends the process with its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s - %(message)s", stream=sys.stdout)
    code = Runner(spec).main(function)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


class EndState(str):
    """The state of a finished task as Airflow 3 prints it: its enumeration has no text form of its own."""

    def __str__(self):
        return f"TaskInstanceState.{self.upper()}"

    def __format__(self, spec):
        return format(str(self), spec)

    def __repr__(self):
        return f"<{self}: {self.value!r}>"

    @property
    def value(self):
        return self[:]

    @property
    def name(self):
        return self.upper()


class Runner:
    """One task instance."""

    def __init__(self, spec):
        self.spec = spec
        self.run = Run(spec)
        pod_connections.decode_extras = self.run.airflow3
        self.outputs = Outputs(spec.get("outputs") or (), bool(spec.get("mapped")), self.run.airflow3)
        self.resolver = Resolver(self.run, {})
        reads = {
            (task, key): (lambda code=code: self.resolver.value(code)) for task, key, code in spec.get("reads") or ()
        }
        self.context = pod_context.build(self.run, spec, self.outputs, reads)
        self.resolver.context = self.context

    def main(self, function) -> int:
        """The exit code."""
        pod_shim.provide_current(self.context)
        self._watch_signals()
        try:
            if self.spec.get("mode") != "hosted":
                self.handle("execute")
            self._conditions()
            self._call_mode(function)
        except BaseException as error:
            return self._end_badly(error)
        self._end("success")
        self.outputs.finish()
        self._state("success")
        self.handle("success")
        return 0

    def _call_mode(self, function):
        self._prepare()
        hosted = self.spec.get("mode") == "hosted"
        try:
            with contextlib.nullcontext() if hosted else self.clock():
                pod_modes.run_mode(self, function)
        except SystemExit as end:
            if end.code in (self.spec.get("skip_codes") or ()):
                raise Skipped(f"the code ended with {end.code}") from None
            if end.code not in (0, None) or self.run.airflow3:
                raise  # in the third generation every SystemExit is a failure (recorded: 191-ends-of-tasks)

    def _prepare(self):
        """Environment variables and packages that the task's code expects."""
        for name, code in (self.spec.get("env") or {}).items():
            os.environ[name] = str(self.resolver.value(code))
        missing = _missing(self.spec.get("install") or ())
        if missing:
            target = tempfile.mkdtemp(prefix="packages")
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--no-cache-dir",
                    "--target",
                    target,
                    *missing,
                ],
                check=True,
            )
            sys.path.insert(0, target)

    def call(self, function):
        """Calls the task's code with its arguments and what it takes of the context."""
        args, named = self.arguments()
        offered = {**self.offered(), **named}
        return function(*args, **pod_context.accepted(function, args, offered, self.run.airflow3))

    def arguments(self):
        """Positional and named arguments."""
        value = self.resolver.value
        args = [value(code) for code in self.spec.get("args") or ()]
        if "star_args" in self.spec:
            args.extend(value(self.spec["star_args"]))
        named = {name: value(code) for name, code in (self.spec.get("kwargs") or {}).items()}
        if "star_kwargs" in self.spec:
            named.update(value(self.spec["star_kwargs"]))
        if "templates" in self.spec:
            self.context["templates_dict"] = {k: value(code) for k, code in self.spec["templates"].items()}
        return args, named

    def offered(self):
        """What the callable may take by name besides its arguments."""
        return {} if self.spec.get("context") is False else self.context

    def keep_result(self, result):
        """Writes the return value; with multiple outputs each item of it too."""
        if self.spec.get("keep_result") is False:
            return
        if self.spec.get("multiple_outputs") and result is not None:
            _check_mapping(result)
            for key, item in result.items():
                self.outputs.push(key, item)
        if result is not None:
            self.outputs.push("return_value", result)

    def _conditions(self):
        for name, wanted in (("run_if", True), ("skip_if", False)):
            if name in self.spec and bool(pod_units.load(self.spec[name])(self.context)) is not wanted:
                raise Skipped(f"the condition {name} decided so")

    def _end_badly(self, error) -> int:
        if is_skip(error):
            print(f"skipped: {error}", file=sys.stderr)
            self._end("skipped")
            self.outputs.finish()
            self._state("skipped")
            self.handle("skipped")
            if not self.run.airflow3:
                self.handle("success")
            return 0
        traceback.print_exception(type(error), error, error.__traceback__)
        self.context["exception"] = as_source(error)
        again = self.run.try_index < self.run.retries and not is_final(error)
        self._end("up_for_retry" if again else "failed")
        self.handle("retry" if again else "failure")
        return exit_code(error)

    def _end(self, word):
        self.context["ti"].state = EndState(word) if self.run.airflow3 else word

    def _state(self, word):
        if self.spec.get("state"):
            self.outputs.state(word)

    def handle(self, event):
        """Calls the handlers of an event. What goes wrong in them is logged and changes nothing."""
        for name, unit in self.spec.get("handlers") or ():
            if name != event:
                continue
            try:
                handler = pod_units.load(unit)
                self._render_fields(handler)
                handler(self.context)
            except Exception:
                traceback.print_exc()

    def _render_fields(self, handler):
        """A notifier's templates, which it renders itself when it is called; here only its `notify` is."""
        owner = getattr(handler, "__self__", None)
        for field in getattr(owner, "template_fields", None) or ():
            if hasattr(owner, field):
                setattr(owner, field, pod_render.render_tree(getattr(owner, field), self.context))

    def _watch_signals(self):
        def end(number, _frame):
            if number == signal.SIGALRM:
                raise TimedOut("the task took longer than {} seconds".format(self.spec.get("timeout")))
            raise Terminated("the pod was told to end")

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGALRM, end)

    @contextlib.contextmanager
    def clock(self):
        """What is done inside may take as long as the task's timeout says, then it ends with `TimedOut`."""
        signal.setitimer(signal.ITIMER_REAL, float(self.spec.get("timeout") or 0))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def _missing(packages):
    """Those that the image does not have. One with a version, an extra or an address is always installed."""
    return [package for package in packages if not _PLAIN.fullmatch(package) or not _installed(package)]


_PLAIN = re.compile(r"[A-Za-z0-9._-]+")


def _installed(package):
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _check_mapping(result):
    if not isinstance(result, dict):
        raise TypeError(f"Returned output was type {type(result)} expected dictionary for multiple_outputs")
    for key in result:
        if not isinstance(key, str):
            raise TypeError(
                f"Returned dictionary keys must be strings with multiple_outputs, found {key} ({type(key)})"
            )
