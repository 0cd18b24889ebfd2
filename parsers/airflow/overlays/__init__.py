"""Modelled modules: what `import x` gives when `x` is not the user's own.

How to add one: make `parsers/airflow/overlays/<name>.py` with

    from parsers.airflow.overlays.registry import overlay

    @overlay("json")
    def json_module(interp: Interpreter, name: str) -> dict[str, Value]:
        return {"loads": Native("json.loads", loads), ...}

and append `"<file>"` to `OVERLAY_FILES` in `parsers/airflow/overlays/listing.py` (an explicit import there; no package walking). The
function is called once per process when the module is first imported; it returns the attributes (a dict) or a whole
`ModuleValue` (with `fallback(name)` for names not listed). `@overlay("a", "a.b")` registers several names.
`@overlay("airflow", prefix=True)` also answers for every `airflow.*` that has no own overlay (`name` says which; return
None to say "not mine"). An import of a module that neither an overlay nor the user's files answer gives an `Unknown`.

Overlays win over user files of the same name (installed packages precede the DAG folder).

Other registries, all in `registry.py`:

- `@builtin("name")`: a builtin function.
- `@value_class(XComArg)` / `register_class(python_type, ClassValue)`: attributes and operators of a Python type that is not an
  `Instance`: `interp.class_of(value)` gives that ClassValue, and `getattr`, calls, `>>`, `[...]` go through its
  `namespace` (natives take the value as first argument; `ClassMember("property", Native)` works too; `__getattr__` as
  in Python).
- `register_methods(python_type, names)`: whitelisted methods (called natively with plain arguments) and data
  attributes of a plain-data type, e.g. `register_methods(datetime, {"isoformat", ...}, attributes={"year", ...})`.

A modelled class is a `ClassValue` made with `registry.make_class(name, path, bases, namespace, traits)`, which computes the MRO.
`__init__`/`__new__`/`__call__`/`__enter__`... in its namespace are Natives with the instance as first argument. Native
state goes to `instance.native`. State of one DAG file (stack of open DAGs ...) goes to `interp.state` (a dict that is new
for each DAG file). Raise a user-catchable error with `raise interp.error("ValueError", "message")`.
"""
