def go(session_date)
  puts session_date
end
