-- What wrk prints of percentiles, in milliseconds whatever their size.
function done(summary, latency)
  print(string.format("p50 %.3f ms", latency:percentile(50) / 1000))
  print(string.format("p99 %.3f ms", latency:percentile(99) / 1000))
end
