# Makes invoices and hands their numbers to the tasks that follow.
class Invoices
  def make(name:, month:, shop:)
    number = "#{month}-#{name}".upcase
    puts "invoice #{number} of #{shop}"
    Digdag.env.store(invoice: { number: number, month: month })
  end
end
