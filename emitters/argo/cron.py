from collections.abc import Iterator

from emitters.argo.plan import PassContext, Plan


def schedule_files(plan: Plan, context: PassContext) -> Iterator[tuple[str, str]]:
    return iter(())
