-- Durable submissions, all distinct: `wrk -s submit.lua URL -- FIRST KEY…`. Each thread counts in a range of its own.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  seed = tonumber(args[1]) + number * 100000000
  keys = { table.unpack and table.unpack(args, 2) or unpack(args, 2) }
  body = '{"architecture_config":{"attention_bias":false,"head_dim":64,"hidden_size":128,"intermediate_size":384,'
    .. '"num_attention_heads":2,"num_hidden_layers":2,"num_key_value_heads":2,"rms_norm_eps":1e-5,"rope_theta":10000,'
    .. '"tie_word_embeddings":true,"dtype":"bfloat16","vocab_size":32000},"optimizer_config":{"beta1":0.9},'
    .. '"train_batch_size":16,"val_batch_size":16,"n_evals":4,"total_train_tokens":524288,"max_runtime_seconds":1,'
    .. '"model_seed":%d}'
end

function request()
  seed = seed + 1
  local key = keys[seed % #keys + 1]
  return wrk.format("POST", nil, { ["X-API-Key"] = key, ["Content-Type"] = "application/json" }, body:format(seed))
end

function done(summary, latency)
  print(string.format("p50 %.3f ms", latency:percentile(50) / 1000))
  print(string.format("p99 %.3f ms", latency:percentile(99) / 1000))
end
