# Calls a method of the project's Ruby code: parameters by the names of its arguments.
# Usage: ruby task.rb COMMAND INPUT OUTPUT ERROR. INPUT: {"params": {...}}. OUTPUT: what the code stored.
require 'json'

command, input, output, failure = ARGV
$params = JSON.parse(File.read(input))['params']

module Digdag
  # What `Digdag.env` offers.
  class Env
    attr_reader :params, :store_params, :export_params, :state_params, :subtasks

    def initialize(params)
      @params = params
      @store_params = {}
      @export_params = {}
      @state_params = {}
      @subtasks = []
    end

    def store(values = {}, **more)
      @store_params.merge!(values).merge!(more)
    end

    def export(values = {}, **more)
      @export_params.merge!(values).merge!(more)
    end

    def set_state(values = {}, **more)
      @state_params.merge!(values).merge!(more)
    end

    # add_subtask(method, params = {}), add_subtask(klass, method, params = {}), add_subtask('rb>' => ..., ...)
    def add_subtask(*words, **given)
      given = given.transform_keys(&:to_s)
      given = given.merge(words.pop.transform_keys(&:to_s)) if words.last.is_a?(Hash)
      command = words.empty? ? given.delete('rb>') : words.join('.')
      raise ArgumentError, 'only subtasks of Ruby code are converted' unless command

      @subtasks << [command, given]
      nil
    end
  end

  ENVIRONMENT = Env.new($params)
  private_constant :ENVIRONMENT

  def self.env
    ENVIRONMENT
  end
end

$LOAD_PATH << Dir.pwd

def symbolized(values)
  values.each_with_object({}) { |(key, value), all| all[key.to_s.to_sym] = value.is_a?(Hash) ? symbolized(value) : value }
end

def arguments(parameters, owner)
  list, named = [], {}
  parameters.each do |kind, name|
    key = name.to_s
    if %i[req keyreq].include?(kind) && !$params.key?(key)
      raise ArgumentError, "Method '#{owner}' requires parameter '#{key}' but not set"
    end
    case kind
    when :req then list << $params[key]
    when :opt then list << $params[key] if $params.key?(key)
    when :keyreq then named[name] = $params[key]
    when :key then named[name] = $params[key] if $params.key?(key)
    when :keyrest then named = symbolized($params).merge(named)
    end
  end
  [list, named]
end

def invoke(method, parameters, owner)
  list, named = arguments(parameters, owner)
  named.empty? ? method.call(*list) : method.call(*list, **named)
end

def call_task(command)
  *path, name = command.split('.')
  return invoke(method(name), method(name).parameters, name) if path.empty?

  holder = Kernel.const_get(path.join('.'))
  if holder.public_instance_methods.include?(name.to_sym)
    object = invoke(holder.method(:new), holder.instance_method(:initialize).parameters, "#{holder}.new")
    invoke(object.method(name), object.method(name).parameters, "#{holder}##{name}")
  else
    invoke(holder.method(name), holder.method(name).parameters, "#{holder}.#{name}")
  end
end

begin
  JSON.parse(File.read(input))['require'].each { |feature| require feature }
  call_task(command)
  around = $params
  Digdag.env.subtasks.each do |name, given|
    $params = around.merge(symbolized(Digdag.env.export_params).transform_keys(&:to_s), given)
    call_task(name)
  end
  File.write(output, JSON.generate(Digdag.env.store_params))
rescue StandardError, LoadError, SyntaxError => error
  lines = [error.full_message(highlight: false)]
  message = "Ruby command failed with code 1: #{error.message} (#{error.class})"
  message += "\n\tfrom #{error.backtrace.join("\n\tfrom ")}" if error.backtrace && !error.backtrace.empty?
  File.write(failure, JSON.generate('error' => { 'message' => "#{message} (runtime)", 'stacktrace' => lines.join }))
  warn lines.join
  exit 1
end
