#!/usr/bin/env bash
# Stages each function into dist/NAME and deploys the four to Cloud Functions (2nd generation).
#
#   ./deploy.sh            deploy
#   ./deploy.sh --dry-run  stage, and print the commands instead of running them
#
# What the variables below mean, and what must exist before, stands in docs/deploy.md.
#
# Not proved: this was never run against Google. gcloud's own parser accepts the commands, and each staged folder serves
# under functions-framework; whether the image has what upload needs, and that Cloud Tasks reaches the private render,
# only a first deploy can tell.
set -euo pipefail
cd "$(dirname "$0")"

FUNCTIONS="render status upload generate" # generate last: it is told where the others are
RUNTIME=python312
OPTIONAL="ENVIRONMENT NARRATORS MAX_VIDEO_DURATION VIDEO_SEGMENT_DURATION AUDIO_SAMPLE_RATE EDGE_TTS_VOICE \
EDGE_TTS_RATE EDGE_TTS_VOLUME MAX_ATTEMPTS LEASE_SECONDS"

dry_run=false
case "${1:-}" in
  "") ;;
  --dry-run) dry_run=true ;;
  *) echo "Usage: ./deploy.sh [--dry-run]" >&2 && exit 2 ;;
esac

missing=0
need() { # NAME PATTERN EXAMPLE
  if [[ ! "${!1:-}" =~ ^$2$ ]]; then
    echo "$1 must be set, and look like $3" >&2
    missing=1
  fi
}
account='[a-z0-9-]+@[a-z0-9.-]+'
need GOOGLE_CLOUD_PROJECT '[a-z0-9-]+' my-project
need GOOGLE_CLOUD_REGION '[a-z]+-[a-z]+[0-9]+' us-central1
need GOOGLE_CLOUD_STORAGE_BUCKET '[a-z0-9._-]+' my-videos
need GOOGLE_CLOUD_STORAGE_TEMP_BUCKET '[a-z0-9._-]+' my-uploads
need TASK_QUEUE_URL 'projects/[^/;]+/locations/[^/;]+/queues/[^/;]+' projects/my-project/locations/us-central1/queues/render
need API_SERVICE_ACCOUNT "$account" api@my-project.iam.gserviceaccount.com
need RENDER_SERVICE_ACCOUNT "$account" render@my-project.iam.gserviceaccount.com
need TASK_SERVICE_ACCOUNT "$account" tasks@my-project.iam.gserviceaccount.com
need REDIS_URL_SECRET '[A-Za-z0-9_-]+:[0-9]+' redis-url:1
need TASK_HMAC_KEYS_SECRET '[A-Za-z0-9_-]+:[0-9]+' task-hmac-keys:1
need CORS_ORIGINS '[^; ]+' https://app.example.com,https://www.example.com
for name in $OPTIONAL; do
  if [[ "${!name:-}" == *";"* ]]; then
    echo "$name must not hold a semicolon: it stands between the variables" >&2
    missing=1
  fi
done
((missing == 0)) || exit 2

run() {
  if $dry_run; then
    printf '%q ' "$@"
    printf '\n'
  else
    "$@"
  fi
}

stage() { # NAME: a folder that holds all that one function needs, and nothing else
  local folder="dist/$1"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -RL "functions/$1/." "$folder/" # -L: gcloud drops a folder that is a symbolic link, without a word
  cp -RL shared "$folder/shared"
  find "$folder" -name __pycache__ -prune -exec rm -rf {} +
  # `.?*` and not `.*`, which would match the root folder itself and upload nothing of it.
  printf '%s\n' '.?*' '__pycache__/' '*.pyc' >"$folder/.gcloudignore"
}

address_of() { # NAME: the service's own address, which is also the audience of its tokens
  if $dry_run; then
    echo "https://$1.example"
    return
  fi
  local address
  address=$(gcloud functions describe "$1" --gen2 --project="$GOOGLE_CLOUD_PROJECT" --region="$GOOGLE_CLOUD_REGION" \
    --format='value(serviceConfig.uri)')
  [[ "$address" == https://* ]] || { echo "$1 is deployed, but gcloud does not say where" >&2 && return 1; }
  echo "$address"
}

deploy() { # NAME VARIABLES SECRETS FLAG...
  local name=$1 variables=$2 secrets=$3
  shift 3
  run gcloud functions deploy "$name" --gen2 --quiet \
    --project="$GOOGLE_CLOUD_PROJECT" --region="$GOOGLE_CLOUD_REGION" --runtime="$RUNTIME" \
    --source="dist/$name" --entry-point="$name" --trigger-http --ingress-settings=all \
    --set-env-vars="^;^$variables" --set-secrets="$secrets" "$@" # ^;^: CORS_ORIGINS holds commas
}

# Here all four functions share one origin, known before the first deploy: the test page is opened at this address.
shared_origin="https://$GOOGLE_CLOUD_REGION-$GOOGLE_CLOUD_PROJECT.cloudfunctions.net"
common="GOOGLE_CLOUD_PROJECT=$GOOGLE_CLOUD_PROJECT"
common+=";GOOGLE_CLOUD_STORAGE_BUCKET=$GOOGLE_CLOUD_STORAGE_BUCKET"
common+=";GOOGLE_CLOUD_STORAGE_TEMP_BUCKET=$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET"
common+=";CORS_ORIGINS=$CORS_ORIGINS,$shared_origin"
for name in $OPTIONAL; do
  [[ -z "${!name:-}" ]] || common+=";$name=${!name}"
done
redis="REDIS_URL=$REDIS_URL_SECRET"
hmac="TASK_HMAC_KEYS=$TASK_HMAC_KEYS_SECRET"

for name in $FUNCTIONS; do
  stage "$name"
done

# One render at a time on each instance, and 1740 s: less than the 1800 s after which the queue delivers again.
# The variable: glibc gives freed pictures back at once, 60 MB less for a film.
deploy render "$common;MALLOC_MMAP_THRESHOLD_=1048576" "$redis,$hmac" --service-account="$RENDER_SERVICE_ACCOUNT" --no-allow-unauthenticated \
  --memory=4Gi --cpu=4 --timeout=1740s --concurrency=1 --max-instances=3
run gcloud functions add-invoker-policy-binding render --project="$GOOGLE_CLOUD_PROJECT" \
  --region="$GOOGLE_CLOUD_REGION" --member="serviceAccount:$TASK_SERVICE_ACCOUNT"
deploy status "$common" "$redis" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
  --memory=512Mi --cpu=1 --timeout=30s --concurrency=80 --max-instances=10
deploy upload "$common" "$redis" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
  --memory=1Gi --cpu=1 --timeout=60s --concurrency=8 --max-instances=10

render_url=$(address_of render)
status_url=$(address_of status)
upload_url=$(address_of upload)
told="$common;TASK_QUEUE_URL=$TASK_QUEUE_URL;TASK_SERVICE_ACCOUNT=$TASK_SERVICE_ACCOUNT"
told+=";RENDER_URL=$render_url;STATUS_URL=$status_url;UPLOAD_URL=$upload_url;GENERATE_URL=$shared_origin/generate"
deploy generate "$told" "$redis,$hmac" --service-account="$API_SERVICE_ACCOUNT" --allow-unauthenticated \
  --memory=512Mi --cpu=1 --timeout=60s --concurrency=20 --max-instances=10

$dry_run || echo "Deployed. In a browser: $shared_origin/generate/test"
