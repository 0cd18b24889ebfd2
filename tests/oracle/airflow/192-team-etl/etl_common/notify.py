def note_failure(team, *, level="error"):
    def callback(context):
        print(f"@@ failed={team} {level} {context['ti'].task_id}")

    return callback


def note_success(context):
    print(f"@@ ok={context['ti'].task_id} {context['params']['targets']}")
