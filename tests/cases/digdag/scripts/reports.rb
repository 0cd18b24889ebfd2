class Reports
  def write(total)
    puts "total #{total}"
  end
end
