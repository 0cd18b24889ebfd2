select '${session_date}';
