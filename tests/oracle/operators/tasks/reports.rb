def greet(name, greeting = 'hello')
  puts "@@ #{greeting} #{name}"
end

class Reports
  def self.total(numbers:, factor: 2)
    Digdag.env.store(total: numbers.sum * factor)
    Digdag.env.add_subtask(Reports, :tell, text: 'later')
  end

  def self.tell(text)
    puts "@@ #{text}"
  end

  def self.fails
    raise ArgumentError, 'no figures'
  end
end

module Shop
  class Report
    def initialize(shop, title:)
      @shop = shop
      @title = title
    end

    def write(**all)
      puts "@@ #{@shop} #{@title} #{all[:total]} #{ENV['TOKEN']}"
      Digdag.env.store('written' => { 'title' => @title, 'days' => Digdag.env.params['session_date'] })
    end
  end
end
