-- Sends the requests of the file that is named after `--`, in their order and over again, and prints
-- what came of it as JSON. The file holds whole HTTP requests with a NUL between them. Where one
-- says {serial}, each time that it is sent has a number of its own.

local requests = {}
local count = 0
local current = 0
local serial = 0
local has_serial = false

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for each in file:read("*a"):gmatch("[^%z]+") do
    count = count + 1
    requests[count] = each
    has_serial = has_serial or each:find("{serial}", 1, true) ~= nil
  end
  file:close()
end

function request()
  current = current % count + 1
  if not has_serial then
    return requests[current]
  end
  serial = serial + 1
  return (requests[current]:gsub("{serial}", string.format("%010d", serial)))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"failed":%d,"refused":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status
  ))
end
