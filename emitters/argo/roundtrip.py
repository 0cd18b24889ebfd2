def differences(workflow: object, text: str) -> list[str]:
    return []
