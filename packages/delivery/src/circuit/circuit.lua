-- Counts the outcomes of one pod, changes the phase if asked to, and tells how the circuit stands.
--
-- KEYS[1]  hash: phase, version, since, reason, consecutive
-- KEYS[2]  hash: calls and server errors by second, fields c<second> and e<second>
-- ARGV[1]  successes since the last report
-- ARGV[2]  failures
-- ARGV[3]  server errors among them
-- ARGV[4]  failures since the last success
-- ARGV[5]  seconds in the window
-- ARGV[6]  change the phase only if this is the version; empty to change nothing
-- ARGV[7]  the new phase
-- ARGV[8]  the reason of an opening
--
-- Returns {phase, version, since, reason, now, consecutive, calls, server errors, 1 if this call has changed the phase}
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HMGET', KEYS[1], 'phase', 'version', 'since', 'reason', 'consecutive')
local phase = stored[1] or 'closed'
local version = stored[2] or '0'
local since = stored[3] or '0'
local reason = stored[4] or ''
local consecutive = tonumber(stored[5] or '0')
local changed = '0'

if ARGV[6] == version then
  phase = ARGV[7]
  version = tostring(tonumber(version) + 1)
  since = string.format('%.0f', now)
  if ARGV[8] ~= '' then
    reason = ARGV[8]
  end
  consecutive = 0
  changed = '1'
  redis.call('HSET', KEYS[1], 'phase', phase, 'version', version, 'since', since, 'reason', reason, 'consecutive', 0)
  redis.call('DEL', KEYS[2])
elseif phase ~= 'open' then
  -- What ends while the circuit is open was begun before: it says nothing about the time after.
  local successes, failures = tonumber(ARGV[1]), tonumber(ARGV[2])
  if successes > 0 then
    consecutive = tonumber(ARGV[4])
  else
    consecutive = consecutive + failures
  end
  if successes + failures > 0 then
    redis.call('HSET', KEYS[1], 'consecutive', consecutive)
    redis.call('HINCRBY', KEYS[2], 'c' .. second, successes + failures)
    redis.call('HINCRBY', KEYS[2], 'e' .. second, ARGV[3])
  end
end

local calls, errors = 0, 0
local window = redis.call('HGETALL', KEYS[2])
for i = 1, #window, 2 do
  local field = window[i]
  if tonumber(string.sub(field, 2)) <= second - tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[2], field)
  elseif string.sub(field, 1, 1) == 'c' then
    calls = calls + window[i + 1]
  else
    errors = errors + window[i + 1]
  end
end
local at = string.format('%.0f', now)
return { phase, version, since, reason, at, tostring(consecutive), tostring(calls), tostring(errors), changed }
