def go(session_date):
    print(session_date)
