SELECT '${session_date}' AS day
