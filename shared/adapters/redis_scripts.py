"""What Redis itself does to a job, in Lua: each script is one change, and safe to run twice.

A job is fourteen string keys, `job:{id}:` and one of FIELDS each. The scripts name them by their place in FIELDS.
"""

from typing import Final

# The readable five of the contract, then ours. The scripts count on this order.
FIELDS: Final = (
    "status", "progress", "stage", "video_url", "error",
    "request", "owner", "attempt", "lease", "times", "warnings", "details", "cancel",
    "promise",
)  # fmt: skip
_ENDED = "(status == 'completed' or status == 'error' or status == 'cancelled')"
_CLOCK = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

# KEYS: the job's fourteen, the idempotency key (or an unused name), then the pictures'.
# ARGV: values of status, request, owner, times, details; life in seconds; body hash or ''; job id; the key's life
PUT = """
if ARGV[7] ~= '' then
  local kept = redis.call('GET', KEYS[15])
  if kept then
    local hash, job_id, state = string.match(kept, '^(%S+) (%S+) (%S+)$')
    if job_id ~= ARGV[8] then
      if hash ~= ARGV[7] then return {'conflict'} end
      return {'replay', job_id, state}
    end
  end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'new'} end
local missing = {'missing'}
for i = 16, #KEYS do
  local image = redis.call('GET', KEYS[i])
  if not image or (cjson.decode(image).owner or '') ~= (ARGV[3] or '') then missing[#missing + 1] = tostring(i - 16) end
end
if #missing > 1 then return missing end
local life = tonumber(ARGV[6])
redis.call('SET', KEYS[1], ARGV[1], 'EX', life)
redis.call('SET', KEYS[2], '0', 'EX', life)
redis.call('SET', KEYS[6], ARGV[2], 'EX', life)
redis.call('SET', KEYS[7], ARGV[3], 'EX', life)
redis.call('SET', KEYS[8], '0', 'EX', life)
redis.call('SET', KEYS[10], ARGV[4], 'EX', life)
redis.call('SET', KEYS[12], ARGV[5], 'EX', life)
if ARGV[7] ~= '' then
  redis.call('SET', KEYS[15], ARGV[7] .. ' ' .. ARGV[8] .. ' sent', 'EX', ARGV[9])
  redis.call('SET', KEYS[14], KEYS[15], 'EX', life)
end
return {'new'}
"""

# KEYS: the job's fourteen. ARGV: token, lease in ms, most attempts, stalled after ms, life in seconds
# Answers the verdict and the values of all keys.
CLAIM = (
    _CLOCK
    + """
local function told(verdict) return {verdict, redis.call('MGET', unpack(KEYS))} end
local status = redis.call('GET', KEYS[1])
if status == 'erased' then return told('erased') end
if status and """
    + _ENDED
    + """ then return told('done') end
local token, until_ms, state = string.match(redis.call('GET', KEYS[9]) or '', '^(%S+) (%d+)(.*)$')
until_ms = tonumber(until_ms or 0)
if token and token ~= ARGV[1] then
  if until_ms > now then return told('busy') end
  if until_ms + tonumber(ARGV[4]) < now then return told('stalled') end
end
if token ~= ARGV[1] and state ~= ' claimed' then -- a claim without any save: its answer was lost, nobody began
  local attempt = tonumber(redis.call('GET', KEYS[8]) or 0)
  if attempt >= tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[9])
    return told('gave_up')
  end
  redis.call('SET', KEYS[8], attempt + 1)
end
redis.call('SET', KEYS[9], ARGV[1] .. ' ' .. (now + tonumber(ARGV[2])) .. ' claimed')
redis.call('SET', KEYS[1], 'processing')
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[5]) end
return told('run')
"""
)

# KEYS: the job's fourteen, and an idempotency key where it is to go with the change. ARGV: token ('' for a job that
# nobody has claimed), lease in ms (0: give it back), life in seconds, the request ('' unless Redis forgot it), then the
# values of the keys but request, lease, cancel and promise. To cancel a job in work leaves the wish to its worker. Of
# an erased one nothing is written: its worker is told to cancel, and believes that it has.
SAVE = (
    _CLOCK
    + """
local status = redis.call('GET', KEYS[1])
if status == 'erased' then return (ARGV[1] == '' or ARGV[5] == 'cancelled') and 'saved' or 'cancel' end
local token = string.match(redis.call('GET', KEYS[9]) or '', '^(%S+) %d+')
local ended = status and """
    + _ENDED
    + """
if ARGV[1] == '' and ARGV[5] == 'cancelled' and status == 'processing' then
  redis.call('SET', KEYS[13], '1', 'EX', ARGV[3])
end
if token and token ~= ARGV[1] then return 'lost' end
if not token and status and ((ARGV[1] == '' and status ~= 'queued') or ended) then
  if status == ARGV[5] and redis.call('GET', KEYS[10]) == ARGV[11] then return 'saved' end
  return 'lost'
end
local obeys = ARGV[5] == 'cancelled' or ARGV[5] == 'error'
if not obeys and redis.call('EXISTS', KEYS[13]) == 1 then return 'cancel' end
if ARGV[4] == '' and redis.call('EXISTS', KEYS[6]) == 0 then return 'forgotten' end
if ARGV[4] ~= '' then redis.call('SET', KEYS[6], ARGV[4]) end
local progress = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), tonumber(ARGV[6]))
redis.call('SET', KEYS[1], ARGV[5])
redis.call('SET', KEYS[2], progress)
local at = {[3] = 7, [4] = 8, [5] = 9, [7] = 10, [10] = 11, [11] = 12, [12] = 13}
for key, value in pairs(at) do
  if ARGV[value] == '' then redis.call('DEL', KEYS[key]) else redis.call('SET', KEYS[key], ARGV[value]) end
end
if tonumber(ARGV[2]) > 0 then
  redis.call('SET', KEYS[9], ARGV[1] .. ' ' .. (now + tonumber(ARGV[2])))
  redis.call('SET', KEYS[8], ARGV[14], 'NX')
else
  redis.call('DEL', KEYS[9])
  redis.call('SET', KEYS[8], ARGV[14]) -- one less where the attempt is not to count
end
if KEYS[15] then redis.call('DEL', KEYS[15]) end
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
return 'saved'
"""
)

# KEYS: the job's fourteen. ARGV: times, details, life in seconds
REPLAY = (
    _CLOCK
    + """
local status = redis.call('GET', KEYS[1])
if not status or status == 'erased' then return 'forgotten' end
if status == 'completed' or status == 'cancelled' then return status end
local until_ms = tonumber(string.match(redis.call('GET', KEYS[9]) or '', '^%S+ (%d+)') or 0)
if until_ms > now then return 'processing' end
redis.call('SET', KEYS[1], 'queued')
redis.call('SET', KEYS[8], '0')
redis.call('SET', KEYS[10], ARGV[1])
redis.call('SET', KEYS[12], ARGV[2])
redis.call('DEL', KEYS[3], KEYS[5], KEYS[9], KEYS[11], KEYS[13]) -- progress stays: it never falls
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[3]) end
return 'queued'
"""
)

# KEYS: an idempotency key
CONFIRM = """
local kept = redis.call('GET', KEYS[1])
if kept then redis.call('SET', KEYS[1], (string.gsub(kept, ' sent$', ' queued')), 'KEEPTTL') end
"""

# KEYS: status, video_url, details of a job. ARGV: video_url, details
CACHE_LINKS = """
if redis.call('GET', KEYS[1]) ~= 'completed' then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'KEEPTTL')
redis.call('SET', KEYS[3], ARGV[2], 'KEEPTTL')
return 1
"""

# KEYS: the job's fourteen, and its idempotency key (or an unused name). ARGV: owner, job id, life in seconds of what is
# left: that there was such a job, and whose it was.
ERASE = """
local kept = redis.call('GET', KEYS[15])
if kept and string.match(kept, '^%S+ (%S+) %S+$') == ARGV[2] then redis.call('DEL', KEYS[15]) end
for i = 1, 14 do redis.call('DEL', KEYS[i]) end
redis.call('SET', KEYS[1], 'erased', 'EX', ARGV[3])
redis.call('SET', KEYS[7], ARGV[1], 'EX', ARGV[3])
"""

# KEYS: a picture, and that it was erased. ARGV: owner, life in seconds of what is left
ERASE_IMAGE = """
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
"""
