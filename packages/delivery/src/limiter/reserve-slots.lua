-- Gives out slots. There are as many as requests may arrive in one second, and each rests for a second after it was used.
--
-- KEYS[1]  the next free instant of the fleet, in µs of this server's clock: what paces the slots
-- KEYS[2]  sorted set of all slots; the score is the instant from which one is free again, µs
-- ARGV[1]  slots wanted; 0 only moves the instant
-- ARGV[2]  least distance of two slots, µs
-- ARGV[3]  no slot before now + this, µs
-- ARGV[4]  no slot after now + this, µs
-- ARGV[5]  an instant later than now + this is an error of the clock, µs
-- ARGV[6]  how many slots there are: the cap
-- ARGV[7]  a slot of which nothing more is heard is free again this long after its instant, µs
-- ARGV[8]  slots nobody knows anything about are free from now + this on, µs
-- ARGV[9]  and further, three by three: slots that come back: name, the score they were given out with, the score they get
--
-- Returns {next free instant, now}, and for each slot granted: name, instant, the score it had, the score it was given out with.
-- Instants are decimal strings: 16 digits do not fit the integers that a script may return on every server.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wanted = tonumber(ARGV[1])
local spacing = tonumber(ARGV[2])
local limit = now + tonumber(ARGV[5])
local cap = tonumber(ARGV[6])
local lease = tonumber(ARGV[7])

local function text(instant)
  return string.format('%.0f', instant)
end

local free = tonumber(redis.call('GET', KEYS[1]) or '')
local latest = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
if free == nil or free > limit or (latest[2] and tonumber(latest[2]) > limit + lease) then
  -- Lost with the server's data, or the clock was set back. Who holds which slot of the last second is unknown: let it pass.
  redis.call('DEL', KEYS[2])
  free = now + 1000000
end

for i = 9, #ARGV, 3 do
  local score = redis.call('ZSCORE', KEYS[2], ARGV[i])
  -- Else its time is over and somebody else has it.
  if score and tonumber(score) == tonumber(ARGV[i + 1]) then
    redis.call('ZADD', KEYS[2], ARGV[i + 2], ARGV[i])
  end
end

local known = redis.call('ZCARD', KEYS[2])
local unknown = now + tonumber(ARGV[8])
-- Spread over a second, as they stay when all of them are used.
for slot = known, cap - 1 do
  redis.call('ZADD', KEYS[2], 'NX', text(unknown + math.floor(slot * 1000000 / cap)), slot)
end
for slot = cap, known - 1 do
  redis.call('ZREM', KEYS[2], slot)
end

-- Time that nobody used earns nothing.
free = math.max(free, now + tonumber(ARGV[3]))
local horizon = now + tonumber(ARGV[4])
local granted = {}
if wanted > 0 then
  local found = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', text(horizon), 'WITHSCORES', 'LIMIT', 0, wanted)
  for i = 1, #found, 2 do
    local instant = math.max(free, tonumber(found[i + 1]))
    if instant > horizon then
      break
    end
    free = instant + spacing
    redis.call('ZADD', KEYS[2], text(instant + lease), found[i])
    for _, value in ipairs({ found[i], text(instant), text(tonumber(found[i + 1])), text(instant + lease) }) do
      granted[#granted + 1] = value
    end
  end
end
redis.call('SET', KEYS[1], text(free))

local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local reply = { text(math.max(free, tonumber(first[2]))), text(now) }
for _, value in ipairs(granted) do
  reply[#reply + 1] = value
end
return reply
