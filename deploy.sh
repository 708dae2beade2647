#!/usr/bin/env bash
# From an empty Google Cloud project to the running service, and from each version of it to the next.
#
#   ./deploy.sh                        make what is missing, mend what differs, deploy the four functions
#   ./deploy.sh --dry-run              stage, and print the plan for an empty project; needs neither account nor gcloud
#   ./deploy.sh --rotate-keys          deploy with a new key for the tasks; the one before stays valid
#   ./deploy.sh --rollback [FUNCTION]  send the traffic to the revision before, of one function or of all four
#   ./deploy.sh --destroy              take everything down, after asking
#   ./deploy.sh --stage                only fill dist/NAME, a folder for each function; needs no settings
#   ./deploy.sh --help                 this text
#
# To be set: GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_REGION; to deploy also CORS_ORIGINS, and the first time REDIS_URL.
# Everything else has a default: docs/deploy.md.
#
# It may be run again at any time, also after it failed halfway: it looks at what there is, and takes no right away.
# Never run against Google itself so far; docs/deploy.md says how it was tested and what only a first deploy can tell.
set -euo pipefail
cd "$(dirname "$0")"

FUNCTIONS="render status upload generate" # generate last: it is told where the others are
RUNTIME=python312
RENDER_INSTANCES=3
RENDER_CONCURRENCY=1 # one film uses all of an instance
APIS="artifactregistry cloudbuild cloudfunctions cloudtasks iam iamcredentials run secretmanager storage"
OPTIONAL="NARRATORS MAX_VIDEO_DURATION VIDEO_SEGMENT_DURATION AUDIO_SAMPLE_RATE EDGE_TTS_VOICE EDGE_TTS_RATE \
EDGE_TTS_VOLUME SPEECH_BASE_URL SPEECH_MODEL SPEECH_VOICE GOOGLE_TTS_VOICE MAX_ATTEMPTS LEASE_SECONDS \
DAILY_FILM_SECONDS OTEL_EXPORTER_OTLP_ENDPOINT OTEL_SERVICE_NAME"
OPTIONAL_IN_PUBLIC="AUTH_JWKS_URL AUTH_ISSUER AUTH_AUDIENCE API_KEYS UPLOAD_LIMIT_HOUR UPLOAD_LIMIT_DAY \
GENERATE_LIMIT_HOUR GENERATE_LIMIT_DAY CORS_PREVIEW_PATTERN LLM_BASE_URL LLM_MODEL" # render knows no callers

dry_run=false
rotate=false
fresh=false # true after something was switched on or made that not every corner of Google knows at once
exec 3>&1   # the plan goes here, so that functions may answer on stdout

die() { # MESSAGE [STATUS]
  printf '%s\n' "$1" >&2
  exit "${2:-1}"
}

usage() {
  sed -n '2,/^set /{s/^# \{0,1\}//;/^set /d;p;}' "$0"
}

# --- settings ---

wrong=""
need() { # NAME PATTERN EXAMPLE
  [[ "${!1:-}" =~ ^$2$ ]] || wrong+="$1 must be set, and look like $3"$'\n'
}

read_settings() { # what all commands need to know
  need GOOGLE_CLOUD_PROJECT '[a-z][a-z0-9-]{4,28}[a-z0-9]' my-project
  need GOOGLE_CLOUD_REGION '[a-z]+-[a-z]+[0-9]+' us-central1
  settings_are_right # the defaults of all others are made of these two
  project=$GOOGLE_CLOUD_PROJECT
  region=$GOOGLE_CLOUD_REGION
  GOOGLE_CLOUD_STORAGE_BUCKET=${GOOGLE_CLOUD_STORAGE_BUCKET:-$project-videos}
  GOOGLE_CLOUD_STORAGE_TEMP_BUCKET=${GOOGLE_CLOUD_STORAGE_TEMP_BUCKET:-$project-uploads}
  TASK_QUEUE_URL=${TASK_QUEUE_URL:-projects/$project/locations/$region/queues/render}
  API_SERVICE_ACCOUNT=${API_SERVICE_ACCOUNT:-linkedin-video-api@$project.iam.gserviceaccount.com}
  RENDER_SERVICE_ACCOUNT=${RENDER_SERVICE_ACCOUNT:-linkedin-video-render@$project.iam.gserviceaccount.com}
  TASK_SERVICE_ACCOUNT=${TASK_SERVICE_ACCOUNT:-linkedin-video-tasks@$project.iam.gserviceaccount.com}
  BUILD_SERVICE_ACCOUNT=${BUILD_SERVICE_ACCOUNT:-linkedin-video-build@$project.iam.gserviceaccount.com}
  VIDEO_RETENTION_DAYS=${VIDEO_RETENTION_DAYS:-30}
  ENVIRONMENT=${ENVIRONMENT:-production}

  local account="[a-z][a-z0-9-]{4,28}[a-z0-9]@$project\.iam\.gserviceaccount\.com"
  need GOOGLE_CLOUD_STORAGE_BUCKET '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]' my-project-videos
  need GOOGLE_CLOUD_STORAGE_TEMP_BUCKET '[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]' my-project-uploads
  need TASK_QUEUE_URL "projects/$project/locations/[a-z0-9-]+/queues/[A-Za-z0-9-]+" \
    "projects/$project/locations/$region/queues/render"
  need API_SERVICE_ACCOUNT "$account" "linkedin-video-api@$project.iam.gserviceaccount.com"
  need RENDER_SERVICE_ACCOUNT "$account" "linkedin-video-render@$project.iam.gserviceaccount.com"
  need TASK_SERVICE_ACCOUNT "$account" "linkedin-video-tasks@$project.iam.gserviceaccount.com"
  need BUILD_SERVICE_ACCOUNT "$account" "linkedin-video-build@$project.iam.gserviceaccount.com"
  need VIDEO_RETENTION_DAYS '[1-9][0-9]{0,3}' "30"
  if [[ "$GOOGLE_CLOUD_STORAGE_BUCKET" == "$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET" ]]; then
    wrong+="GOOGLE_CLOUD_STORAGE_TEMP_BUCKET must be another bucket: what is in it dies after a day"$'\n'
  fi
  queue=${TASK_QUEUE_URL##*/}
  queue_location=${TASK_QUEUE_URL#*/locations/}
  queue_location=${queue_location%%/*}
  export CLOUDSDK_CORE_PROJECT=$project CLOUDSDK_CORE_DISABLE_PROMPTS=1
}

read_settings_to_deploy() {
  local origin='https?://[A-Za-z0-9.-]+(:[0-9]+)?' # exact: no slash at the end, no pattern
  need CORS_ORIGINS "$origin(,$origin)*" https://app.example.com,https://www.example.com
  if [[ -n "${REDIS_URL:-}" ]]; then # never repeated in a message: it holds a password
    local host=${REDIS_URL##*@}
    host=${host#*://}
    [[ "$REDIS_URL" =~ ^rediss://[^[:space:]]+$ ]] ||
      wrong+="REDIS_URL must begin with rediss:// (TLS): functions reach Redis over the open internet"$'\n'
    [[ "$host" != fly-* ]] ||
      wrong+="REDIS_URL: ${host%%[:/]*} is private to Fly; Google needs a database with a public TLS address"$'\n'
  fi
  if [[ -n "${AUTH_SECRET:-}" ]]; then
    ((${#AUTH_SECRET} >= 32)) || wrong+="AUTH_SECRET must have at least 32 characters"$'\n'
    [[ -n "${AUTH_ISSUER:-}" && -n "${AUTH_AUDIENCE:-}" ]] ||
      wrong+="AUTH_SECRET needs AUTH_ISSUER and AUTH_AUDIENCE: whose tokens, and for whom"$'\n'
  fi
  local name
  for name in ENVIRONMENT $OPTIONAL $OPTIONAL_IN_PUBLIC; do
    [[ "${!name:-}" != *[\;$'\n']* ]] ||
      wrong+="$name must not hold a semicolon, which stands between the variables, nor a line break"$'\n'
  done
}

settings_are_right() {
  [[ -z "$wrong" ]] || die "${wrong%$'\n'}" 2
}

# --- gcloud ---

plan() { # COMMAND: as one could type it
  printf '%q ' "$@" >&3
  printf '\n' >&3
}

call() { # COMMAND: what is new is not known everywhere at once, so what fails for that reason is tried again
  local wait
  for wait in 1 2 4 8 16 32; do
    $fresh || break
    if "$@" 2>dist/.errors; then
      cat dist/.errors >&2
      return
    fi
    cat dist/.errors >&2
    grep -qE 'does not exist|Unknown service account|has not been used|SERVICE_DISABLED' dist/.errors || return 1
    echo "That is new and may not be known everywhere yet: trying again in $wait s." >&2
    sleep "$wait"
  done
  "$@"
}

ask() { # COMMAND: reads; in a dry run there is nobody to ask, and the answer is that of an empty project
  $dry_run || call "$@"
}

change() { # COMMAND: is printed, and run unless this is a dry run
  plan "$@"
  $dry_run || call "$@"
}

has() { # LINES LINE
  grep -qxF -- "$2" <<<"$1"
}

find_project() { # sets project_number
  if $dry_run; then
    project_number=PROJECT_NUMBER
    return
  fi
  command -v gcloud >/dev/null || die "gcloud is not installed: https://cloud.google.com/sdk/docs/install"
  project_number=$(gcloud projects describe "$project" --format='value(projectNumber)') ||
    die "gcloud cannot see the project $project. Not logged in: gcloud auth login. No such project: gcloud projects create $project"
}

check_billing() { # who may not read it is told by the first call that needs it
  local billing
  ! $dry_run || return 0
  billing=$(gcloud billing projects describe "$project" --format='value(billingEnabled)' 2>/dev/null) || billing=unknown
  [[ "$billing" == True || "$billing" == unknown ]] ||
    die "Billing is off for $project: https://console.cloud.google.com/billing/linkedaccount?project=$project"
}

# --- what stands around the functions ---

enable_apis() {
  local enabled name missing=""
  enabled=$(ask gcloud services list --enabled --format='value(config.name)')
  for name in $APIS; do
    has "$enabled" "$name.googleapis.com" || missing+=" $name.googleapis.com"
  done
  [[ -n "$missing" ]] || return 0
  # shellcheck disable=SC2086 # the words are the APIs
  change gcloud services enable $missing
  fresh=true
}

make_accounts() {
  local there email
  there=$(ask gcloud iam service-accounts list --format='value(email)')
  for email in "$API_SERVICE_ACCOUNT" "$RENDER_SERVICE_ACCOUNT" "$TASK_SERVICE_ACCOUNT" "$BUILD_SERVICE_ACCOUNT"; do
    has "$there" "$email" && continue
    change gcloud iam service-accounts create "${email%%@*}" --format=none
    fresh=true
  done
}

grant() { # GROUP RESOURCE FLAG "ROLE ACCOUNT"...: adds what is missing
  local group=$1 resource=$2 flag=$3 held pair condition=""
  shift 3
  [[ "$group" != projects ]] || condition=--condition=None # a project may hold conditions of others; gcloud would ask
  # shellcheck disable=SC2086 # the group is several words, and a flag may be none
  held=$(ask gcloud $group get-iam-policy "$resource" $flag --flatten='bindings[].members' \
    --format='value[separator=" "](bindings.role,bindings.members)')
  for pair in "$@"; do
    has "$held" "${pair/ / serviceAccount:}" && continue
    # shellcheck disable=SC2086
    change gcloud $group add-iam-policy-binding "$resource" $flag --role="${pair% *}" \
      --member="serviceAccount:${pair#* }" $condition --format=none
  done
}

grant_rights() { # the least that works: on the thing itself wherever Google allows that
  local bucket
  # A build's own account: the default one may do too much in old projects, and nothing in new ones.
  grant projects "$project" "" "roles/logging.logWriter $BUILD_SERVICE_ACCOUNT" \
    "roles/artifactregistry.writer $BUILD_SERVICE_ACCOUNT" "roles/storage.objectViewer $BUILD_SERVICE_ACCOUNT"
  # On itself: there is no private key, so IAM signs the addresses of files.
  grant "iam service-accounts" "$API_SERVICE_ACCOUNT" "" "roles/iam.serviceAccountTokenCreator $API_SERVICE_ACCOUNT"
  grant "iam service-accounts" "$RENDER_SERVICE_ACCOUNT" "" "roles/iam.serviceAccountTokenCreator $RENDER_SERVICE_ACCOUNT"
  # generate makes tasks that call render in the name of the tasks' account.
  grant "iam service-accounts" "$TASK_SERVICE_ACCOUNT" "" "roles/iam.serviceAccountUser $API_SERVICE_ACCOUNT"
  grant "tasks queues" "$queue" "--location=$queue_location" "roles/cloudtasks.enqueuer $API_SERVICE_ACCOUNT"
  for bucket in "$GOOGLE_CLOUD_STORAGE_BUCKET" "$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET"; do
    grant "storage buckets" "gs://$bucket" "" "roles/storage.objectUser $API_SERVICE_ACCOUNT" \
      "roles/storage.objectUser $RENDER_SERVICE_ACCOUNT"
  done
  for secret in redis-url task-hmac-keys; do
    grant secrets "$secret" "" "roles/secretmanager.secretAccessor $API_SERVICE_ACCOUNT" \
      "roles/secretmanager.secretAccessor $RENDER_SERVICE_ACCOUNT"
  done
  [[ -z "$speech_version" ]] ||
    grant secrets speech-api-key "" "roles/secretmanager.secretAccessor $RENDER_SERVICE_ACCOUNT"
  [[ -z "$llm_version" ]] || grant secrets llm-api-key "" "roles/secretmanager.secretAccessor $API_SERVICE_ACCOUNT"
  for secret in ${unsplash_version:+unsplash-access-key} ${pexels_version:+pexels-api-key}; do
    grant secrets "$secret" "" "roles/secretmanager.secretAccessor $API_SERVICE_ACCOUNT" \
      "roles/secretmanager.secretAccessor $RENDER_SERVICE_ACCOUNT"
  done
  [[ -z "$auth_version" ]] || grant secrets auth-secret "" "roles/secretmanager.secretAccessor $API_SERVICE_ACCOUNT"
}

find_buckets() { # sets buckets: a line each, the name and what we set
  buckets=$(ask gcloud storage buckets list --format='value[separator="|"](name,uniform_bucket_level_access,
    public_access_prevention,soft_delete_policy.retentionDurationSeconds,lifecycle_config.rule.len(),
    lifecycle_config.rule[0].action.type,lifecycle_config.rule[0].condition.age,cors_config[0].origin.list())')
}

make_bucket() { # NAME DAYS: what is in it dies after so many days
  local settings="--uniform-bucket-level-access --public-access-prevention --soft-delete-duration=0"
  settings+=" --lifecycle-file=dist/lifecycle-$2-days.json"
  printf '{"rule": [{"action": {"type": "Delete"}, "condition": {"age": %s}}]}\n' "$2" >"dist/lifecycle-$2-days.json"
  # shellcheck disable=SC2086 # the settings are words
  case $'\n'$buckets in
    *$'\n'"$1|True|enforced|0|1|Delete|$2|"*) ;;
    *$'\n'"$1|"*) change gcloud storage buckets update "gs://$1" $settings ;;
    *) change gcloud storage buckets create "gs://$1" --location="$region" $settings ;;
  esac
}

let_browsers_fetch() { # NAME ORIGINS: pages of these origins read films and captions from the bucket
  local between='", "'
  printf '[{"origin": ["%s"], "method": ["GET", "HEAD"], "responseHeader": %s, "maxAgeSeconds": 3600}]\n' \
    "${2//,/$between}" '["Content-Type", "Content-Length", "Content-Range", "Accept-Ranges"]' >dist/cors.json
  grep -q "^$1|.*|$2\$" <<<"$buckets" || change gcloud storage buckets update "gs://$1" --cors-file=dist/cors.json
}

make_queue() {
  local settings="--max-concurrent-dispatches=$((RENDER_INSTANCES * RENDER_CONCURRENCY))" # more would be refused by render
  # Many attempts, soon: a busy or interrupted job comes back within a minute. How often a film is begun, the service
  # counts itself. 0s: the attempts alone end the retries.
  settings+=" --max-attempts=100 --min-backoff=5s --max-backoff=60s --max-doublings=4 --max-retry-duration=0s"
  local is
  is=$(ask gcloud tasks queues list --location="$queue_location" --format='value[separator=" "](name.basename(),
    rateLimits.maxConcurrentDispatches,retryConfig.maxAttempts,retryConfig.minBackoff,retryConfig.maxBackoff,
    retryConfig.maxDoublings,retryConfig.maxRetryDuration.yesno(no="0s"))')
  is=$(grep "^$queue " <<<"$is" || true)
  # shellcheck disable=SC2086 # the settings are words
  if [[ -z "$is" ]]; then
    change gcloud tasks queues create "$queue" --location="$queue_location" $settings ||
      die "Was there a queue named $queue some days ago? Then its name is blocked: set TASK_QUEUE_URL=${TASK_QUEUE_URL}-2"
  elif [[ "$is" != "$queue $(values_of "$settings")" ]]; then
    change gcloud tasks queues update "$queue" --location="$queue_location" $settings
  fi
}

values_of() { # "--a=1 --b=2" → "1 2"
  # shellcheck disable=SC2001 # bash's own patterns cannot
  sed 's/--[a-z-]*=//g' <<<"$1"
}

# --- secrets: only ever through stdin, since the arguments of a command are seen by everybody on the machine ---

add_version() { # NAME VALUE: prints the version's number
  printf %s "$2" | gcloud secrets versions add "$1" --data-file=- --format='value(name.basename())'
}

newest_version() { # NAME: its number, or nothing
  ! has "$secrets" "$1" ||
    gcloud secrets versions list "$1" --filter=state=enabled --limit=1 --format='value(name.basename())'
}

value_of() { # NAME VERSION
  gcloud secrets versions access "$2" --secret="$1"
}

store() { # NAME VALUE: prints the number of the new version, which a list may not show yet
  has "$secrets" "$1" || change gcloud secrets create "$1" --replication-policy=automatic || return 1
  plan gcloud secrets versions add "$1" --data-file=-
  if $dry_run; then
    echo 1
  else
    call add_version "$1" "$2"
  fi
}

keep_secret() { # NAME VALUE: prints the version that holds the value; without a value the newest, if there is any
  local version held=""
  version=$(newest_version "$1") || return 1
  if [[ -n "$2" && -n "$version" ]]; then
    held=$(value_of "$1" "$version") || return 1
  fi
  if [[ "$2" != "$held" ]]; then
    version=$(store "$1" "$2") || return 1
  fi
  echo "$version"
}

make_secrets() { # sets redis_version, keys_version, …_version: numbers, so that a rollback finds its own
  secrets=$(ask gcloud secrets list --format='value(name.basename())')
  local held redis=${REDIS_URL:-}
  ! $dry_run || redis=${redis:-unknown}
  redis_version=$(keep_secret redis-url "$redis")
  [[ -n "$redis_version" ]] ||
    die "REDIS_URL must be set the first time, and look like rediss://default:PASSWORD@NAME.upstash.io:6379" 2
  keys_version=$(newest_version task-hmac-keys)
  if [[ -z "$keys_version" ]]; then
    held=$(new_key)
    keys_version=$(store task-hmac-keys "$held")
  elif $rotate; then # the first signs, both are accepted; render learns the new one before generate uses it
    held=$(value_of task-hmac-keys "$keys_version")
    keys_version=$(store task-hmac-keys "$(new_key),${held%%,*}")
  fi
  speech_version=""
  [[ -z "${SPEECH_BASE_URL:-}" ]] || speech_version=$(keep_secret speech-api-key "${SPEECH_API_KEY:-}")
  llm_version=""
  [[ -z "${LLM_BASE_URL:-}" ]] || llm_version=$(keep_secret llm-api-key "${LLM_API_KEY:-}")
  unsplash_version=$(keep_secret unsplash-access-key "${UNSPLASH_ACCESS_KEY:-}")
  pexels_version=$(keep_secret pexels-api-key "${PEXELS_API_KEY:-}")
  auth_version=$(keep_secret auth-secret "${AUTH_SECRET:-}")
  [[ -z "$auth_version" || (-n "${AUTH_ISSUER:-}" && -n "${AUTH_AUDIENCE:-}") ]] ||
    die "There is a secret auth-secret: AUTH_ISSUER and AUTH_AUDIENCE must be set. For no tokens at all: gcloud secrets delete auth-secret" 2
}

new_key() {
  head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'
}

# --- the functions ---

stage() { # NAME: a folder that holds all that one function needs, and nothing else
  local folder="dist/$1"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -RL "functions/$1/." "$folder/" # -L: gcloud drops a folder that is a symbolic link, without a word
  cp -RL shared "$folder/shared"
  find "$folder" -mindepth 1 \( -name '.*' -o -name __pycache__ -o -name '*.pyc' -o -name tests -o -name var \) \
    -prune -exec rm -rf {} +
  if [[ -n "${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ]]; then
    { echo && cat requirements-tracing.txt; } >>"$folder/requirements.txt"
  fi
  # `.?*` and not `.*`, which would match the root folder itself and upload nothing of it.
  printf '%s\n' '.?*' '__pycache__/' '*.pyc' >"$folder/.gcloudignore"
}

deploy() { # NAME VARIABLES SECRETS FLAG...: prints its own address, which is also the audience of its tokens
  local name=$1 variables=$2 secrets=$3 address fresh=false # a build that fails is not to be tried seven times
  shift 3
  # ^;^: values hold commas. --serve-all-traffic-latest-revision: otherwise a rollback would hold for ever.
  address=$(change gcloud functions deploy "$name" --gen2 --region="$region" --runtime="$RUNTIME" \
    --source="dist/$name" --entry-point="$name" --trigger-http --ingress-settings=all \
    --build-service-account="projects/$project/serviceAccounts/$BUILD_SERVICE_ACCOUNT" \
    --serve-all-traffic-latest-revision \
    --set-env-vars="^;^$variables" --set-secrets="$secrets" "$@" --format='value(serviceConfig.uri)') ||
    exit 1
  $dry_run && address=https://$name-HASH.a.run.app
  [[ "$address" == https://* ]] || die "$name is deployed, but gcloud does not say where"
  echo "$address"
}

deploy_functions() {
  # The addresses at which the test page may be opened; each is an origin of its own for a browser.
  local hosting="https://$region-$project.cloudfunctions.net" name
  local origins="$CORS_ORIGINS,$hosting,https://generate-$project_number.$region.run.app"
  local common="GOOGLE_CLOUD_PROJECT=$project;ENVIRONMENT=$ENVIRONMENT"
  common+=";GOOGLE_CLOUD_STORAGE_BUCKET=$GOOGLE_CLOUD_STORAGE_BUCKET"
  common+=";GOOGLE_CLOUD_STORAGE_TEMP_BUCKET=$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET"
  for name in $OPTIONAL; do
    [[ -z "${!name:-}" ]] || common+=";$name=${!name}"
  done
  local redis="REDIS_URL=redis-url:$redis_version" keys="TASK_HMAC_KEYS=task-hmac-keys:$keys_version"
  local render_url status_url upload_url generate_url speaks="" writes="" photos=""
  [[ -z "$speech_version" ]] || speaks=",SPEECH_API_KEY=speech-api-key:$speech_version" # render alone buys voices
  [[ -z "$llm_version" ]] || writes=",LLM_API_KEY=llm-api-key:$llm_version" # generate alone asks it
  [[ -z "$unsplash_version" ]] || photos+=",UNSPLASH_ACCESS_KEY=unsplash-access-key:$unsplash_version"
  [[ -z "$pexels_version" ]] || photos+=",PEXELS_API_KEY=pexels-api-key:$pexels_version"

  # 1740 s: less than the 1800 s after which the queue delivers again.
  # MALLOC_MMAP_THRESHOLD_, here and for upload: glibc gives freed pictures back at once, 60 MB less for a film.
  render_url=$(deploy render "$common;CORS_ORIGINS=$origins;MALLOC_MMAP_THRESHOLD_=1048576" "$redis,$keys$speaks$photos" \
    --service-account="$RENDER_SERVICE_ACCOUNT" --no-allow-unauthenticated --memory=4Gi --cpu=4 --timeout=1740s \
    --concurrency="$RENDER_CONCURRENCY" --max-instances="$RENDER_INSTANCES")
  grant "run services" render "--region=$region" "roles/run.invoker $TASK_SERVICE_ACCOUNT"

  # The last part of an address is that of the project and region: so generate's is known before it is there.
  generate_url=${render_url/render-/generate-}
  [[ ",$origins," == *",$generate_url,"* ]] || origins+=",$generate_url"
  common+=";CORS_ORIGINS=$origins"
  for name in $OPTIONAL_IN_PUBLIC; do
    [[ -z "${!name:-}" ]] || common+=";$name=${!name}"
  done
  local public=$redis
  [[ -z "$auth_version" ]] || public+=",AUTH_SECRET=auth-secret:$auth_version"
  let_browsers_fetch "$GOOGLE_CLOUD_STORAGE_BUCKET" "$origins"
  let_browsers_fetch "$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET" "$origins"

  status_url=$(deploy status "$common" "$public" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
    --memory=512Mi --cpu=1 --timeout=30s --concurrency=80 --max-instances=10)
  upload_url=$(deploy upload "$common;MALLOC_MMAP_THRESHOLD_=1048576" "$public" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
    --memory=1Gi --cpu=1 --timeout=60s --concurrency=8 --max-instances=10)
  common+=";TASK_QUEUE_URL=$TASK_QUEUE_URL;TASK_SERVICE_ACCOUNT=$TASK_SERVICE_ACCOUNT;RENDER_URL=$render_url"
  common+=";STATUS_URL=$status_url;UPLOAD_URL=$upload_url;GENERATE_URL=$hosting/generate"
  generate_url=$(deploy generate "$common" "$public,$keys$writes$photos" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
    --memory=512Mi --cpu=1 --timeout=60s --concurrency=20 --max-instances=10)
  [[ ",$origins," == *",$generate_url,"* ]] ||
    echo "generate is also at $generate_url, which CORS_ORIGINS does not name: open the test page elsewhere." >&2
  $dry_run || printf '%s\n' "" "It runs. A page that does the whole flow: $hosting/generate/test" \
    "Is it well?" "  curl -s $hosting/generate/health; curl -s $status_url/health; curl -s $upload_url/health"
}

# --- back, and down ---

roll_back() { # NAME: to the newest revision that worked and is older than the one that serves
  local serving ready before
  serving=$(gcloud run services describe "$1" --region="$region" --format='value(status.traffic[0].revisionName)') ||
    return 1
  ready=$(gcloud run revisions list --service="$1" --region="$region" --sort-by='~metadata.creationTimestamp' \
    --filter='status.conditions.filter("type:Ready").extract(status).flatten()=True' --format='value(metadata.name)') ||
    return 1
  before=$(sed -n "/^$serving\$/{n;p;}" <<<"$ready")
  if [[ -z "$before" ]]; then
    echo "$1: $serving serves, and there is no revision before it." >&2
    return 1
  fi
  change gcloud run services update-traffic "$1" --region="$region" --to-revisions="$before=100" --format=none ||
    return 1
  echo "$1: $before serves; before this it was $serving. The next deploy takes the traffic again."
}

roll_back_all() { # [NAME]: in the other order, so that no new kind of task meets an old render
  local name failed=0
  for name in ${1:-generate upload status render}; do
    roll_back "$name" || failed=1
  done
  return "$failed"
}

destroy() {
  local answer name email pair
  echo "This removes from $project: the functions $FUNCTIONS, the queue $queue with all that waits in it, the secrets,"
  echo "four service accounts, and the bucket gs://$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET. Nothing of it can be brought back."
  read -r -p "The project's name, to go on: " answer || true
  [[ "$answer" == "$project" ]] || die "Nothing was changed."
  local films=false
  echo "The bucket gs://$GOOGLE_CLOUD_STORAGE_BUCKET holds the films."
  read -r -p "The bucket's name to remove them as well, Enter to keep them: " answer || true
  [[ "$answer" != "$GOOGLE_CLOUD_STORAGE_BUCKET" ]] || films=true

  local there
  there=$(gcloud functions list --v2 --regions="$region" --format='value(name.basename())')
  for name in generate upload status render; do
    ! has "$there" "$name" || change gcloud functions delete "$name" --gen2 --region="$region"
  done
  there=$(gcloud tasks queues list --location="$queue_location" --format='value(name.basename())')
  ! has "$there" "$queue" || change gcloud tasks queues delete "$queue" --location="$queue_location"
  there=$(gcloud secrets list --format='value(name.basename())')
  for name in redis-url task-hmac-keys auth-secret speech-api-key llm-api-key; do
    ! has "$there" "$name" || change gcloud secrets delete "$name"
  done
  there=$(gcloud projects get-iam-policy "$project" --flatten='bindings[].members' \
    --format='value[separator=" "](bindings.role,bindings.members)')
  for name in roles/logging.logWriter roles/artifactregistry.writer roles/storage.objectViewer; do
    pair="$name serviceAccount:$BUILD_SERVICE_ACCOUNT"
    ! has "$there" "$pair" || change gcloud projects remove-iam-policy-binding "$project" --role="$name" \
      --member="${pair#* }" --condition=None --format=none
  done
  there=$(gcloud iam service-accounts list --format='value(email)')
  for email in "$API_SERVICE_ACCOUNT" "$RENDER_SERVICE_ACCOUNT" "$TASK_SERVICE_ACCOUNT" "$BUILD_SERVICE_ACCOUNT"; do
    ! has "$there" "$email" || change gcloud iam service-accounts delete "$email"
  done
  there=$(gcloud storage buckets list --format='value(name)')
  for name in "$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET" "$GOOGLE_CLOUD_STORAGE_BUCKET"; do
    if [[ "$name" == "$GOOGLE_CLOUD_STORAGE_BUCKET" ]] && ! $films; then
      echo "Kept: gs://$name. What is in it dies after $VIDEO_RETENTION_DAYS days."
    elif has "$there" "$name"; then
      change gcloud storage rm --recursive "gs://$name"
    fi
  done
  echo "Left as they were: the APIs, the images of the functions in Artifact Registry (gcf-artifacts), and Google's own"
  echo "buckets of sources (gcf-v2-...). The queue's name $queue cannot be used again for some days."
}

# --- what was asked for ---

case "${1:-}" in
  "" | --dry-run | --rotate-keys | --destroy | --stage | --help) (($# <= 1)) || die "$(usage)" 2 ;;
  --rollback) (($# <= 2)) && [[ " $FUNCTIONS " == *" ${2:-render} "* ]] || die "One of $FUNCTIONS, or none for all four." 2 ;;
  *) die "$(usage)" 2 ;;
esac
case "${1:-}" in
  --help)
    usage
    exit
    ;;
  --dry-run) dry_run=true ;;
  --rotate-keys) rotate=true ;;
esac
mkdir -p dist
if [[ "${1:-}" == --stage ]]; then
  for name in $FUNCTIONS; do
    stage "$name"
  done
  exit
fi

read_settings
case "${1:-}" in
  --rollback)
    settings_are_right
    find_project
    roll_back_all "${2:-}"
    ;;
  --destroy)
    settings_are_right
    find_project
    destroy
    ;;
  *)
    read_settings_to_deploy
    settings_are_right
    for name in $FUNCTIONS; do
      stage "$name"
    done
    find_project
    check_billing
    plan export CLOUDSDK_CORE_PROJECT="$project" CLOUDSDK_CORE_DISABLE_PROMPTS=1
    enable_apis
    make_secrets # early: it may find that REDIS_URL is missing
    make_accounts
    find_buckets
    make_bucket "$GOOGLE_CLOUD_STORAGE_BUCKET" "$VIDEO_RETENTION_DAYS"
    make_bucket "$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET" 1
    make_queue
    grant_rights
    deploy_functions
    ;;
esac
