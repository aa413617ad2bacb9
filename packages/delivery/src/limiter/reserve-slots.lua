-- Gives out slots, and only ever moves the next free instant forward.
--
-- KEYS[1]  the next free instant of the fleet, in µs of this server's clock
-- ARGV[1]  slots wanted; 0 only moves the instant
-- ARGV[2]  distance of two slots, µs
-- ARGV[3]  no slot before now + this, µs
-- ARGV[4]  no slot after now + this, µs
-- ARGV[5]  a next free instant later than now + this is an error of the clock, µs
--
-- Returns {slots granted, the first of them, next free instant, now}, instants as decimal strings: 16 digits do not fit the integers
-- that a script may return on every server.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wanted = tonumber(ARGV[1])
local spacing = tonumber(ARGV[2])

local free = tonumber(redis.call('GET', KEYS[1]) or '')
if free == nil or free > now + tonumber(ARGV[5]) then
  -- Lost with the server's data, or the clock was set back. Who holds which slot of the last second is unknown: let it pass.
  free = now + 1000000
end
-- Time that nobody used earns nothing.
local first = math.max(free, now + tonumber(ARGV[3]))

local room = math.floor((now + tonumber(ARGV[4]) - first) / spacing) + 1
local granted = math.max(0, math.min(wanted, room))
free = first + granted * spacing
redis.call('SET', KEYS[1], string.format('%.0f', free))
return { granted, string.format('%.0f', first), string.format('%.0f', free), string.format('%.0f', now) }
