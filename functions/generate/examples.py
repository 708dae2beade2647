"""One example of each body that is sent or answered: those of docs/api.md, held against the types by a test."""

from typing import Any, Final

JOB_ID: Final = "01a206ec-9d1b-734e-9593-65925e590e2c"
IMAGE_ID: Final = "01a206ec-c6a0-70fc-aab0-d48cb67ddca1"
_HOST: Final = "http://localhost:8080"
_FILE: Final = f"{_HOST}/files/videos/videos/2026/11/23/{JOB_ID}"
_SIGNED: Final = "?expires=1795930908&signature=8f2b6c0e"

ORDER: Final[dict[str, Any]] = {
    "content": "I turned down a promotion last year.\n\nEveryone thought I was mad.",
    "style": "professional",
}
PROMISE: Final[dict[str, Any]] = {
    "job_id": JOB_ID,
    "status": "queued",
    "status_url": f"{_HOST}/api/video/status/{JOB_ID}",
    "poll_after_ms": 1000,
}
VOICES: Final[dict[str, Any]] = {
    "default": "en-US-JennyNeural",
    "voices": [
        {"name": "de-DE-KatjaNeural", "language": "de", "locale": "de-DE", "gender": "female"},
        {"name": "de-DE-ConradNeural", "language": "de", "locale": "de-DE", "gender": "male"},
    ],
}
_REFERRAL: Final = "?utm_source=linkedin_video&utm_medium=referral"
_CREDIT: Final[dict[str, Any]] = {
    "text": "Photo by Ann Example on Unsplash",
    "url": f"https://unsplash.com/photos/LBI7cgq3pbM{_REFERRAL}",
    "author": "Ann Example",
    "author_url": f"https://unsplash.com/@ann{_REFERRAL}",
    "service": "Unsplash",
    "service_url": f"https://unsplash.com/{_REFERRAL}",
}
PLAN: Final[dict[str, Any]] = {
    "language": "en",
    "voice": "en-US-JennyNeural",
    "scenes": [
        {
            "text": "We cut costs by $1.2M.",
            "spoken": "We cut costs by 1.2 million dollars.",
            "kind": "hook",
            "image_id": None,
            "search_terms": ["coins and calculator"],
            "candidates": [
                {
                    "reference": "unsplash:LBI7cgq3pbM",
                    "thumbnail_url": "https://images.unsplash.com/photo-1416339306562?ixid=M3w&w=400",
                    "alt": "coins beside a calculator",
                    "credit": _CREDIT,
                }
            ],
            "estimated_seconds": 3.4,
        }
    ],
    "estimated_seconds": 14.2,
    "max_duration_seconds": 60,
    "estimated_render_seconds": 9,
    "left_out": ["A sentence that the film has no time for."],
    "warnings": [],
}
NOTES: Final[dict[str, Any]] = {
    "notes": "- 40 customers asked in 6 weeks\n- 31 never open the dashboard\nSo we stopped building it.",
    "theme": "Customer research",
    "length": "short",
}
_POST: Final = (
    "40 customers asked in 6 weeks\n\n"
    "→ 31 never open the dashboard\n\n"
    "So we stopped building it.\n\n"
    "What is your experience with this?\n\n"
    "#CustomerResearch #CustomerExperience"
)
WRITTEN: Final[dict[str, Any]] = {
    "content": _POST,
    "commentary": _POST,
    "character_count": 163,
    "hashtags": ["CustomerResearch", "CustomerExperience"],
    "fold_preview": {
        "mobile": "40 customers asked in 6 weeks\n\n→ 31 never open the dashboard…",
        "desktop": "40 customers asked in 6 weeks\n\n→ 31 never open the dashboard…",
    },
    "engine": "offline",
    "warnings": [
        {
            "code": "length_missed",
            "message": "The post has 163 characters, not about 500: notes are not stretched.",
        }
    ],
}
IN_WORK: Final[dict[str, Any]] = {
    "job_id": JOB_ID,
    "status": "processing",
    "progress": 44,
    "stage": "combining_media",
    "video_url": None,
    "error": None,
    "error_detail": None,
    "warnings": [],
    "degraded": False,
    "attempt": 1,
    "metadata": {},
    "created_at": "2026-11-23T05:41:39.739Z",
    "updated_at": "2026-11-23T05:41:42.796Z",
    "eta_seconds": 9,
    "poll_after_ms": 1000,
}
_LINKS: Final[dict[str, Any]] = {
    "video_url": f"{_FILE}.mp4{_SIGNED}&download=linkedin-video.mp4",
    "video_url_expires_at": "2026-11-30T05:41:48.000Z",
    "poster_url": f"{_FILE}.jpg{_SIGNED}",
    "captions_url": f"{_FILE}.srt{_SIGNED}",
    "vtt_url": f"{_FILE}.vtt{_SIGNED}",
}
_FILM: Final[dict[str, Any]] = {
    "duration_seconds": 22.48,
    "width": 1080,
    "height": 1350,
    "size_bytes": 2664004,
    "narration": {"engine": "espeak", "voice": None},
    "credits": [],
    "linkedin_check": [{"rule": "duration", "ok": True, "value": "22.48 s", "limit": "3 s to 10 min"}],
    "post": {
        "commentary": "I turned down a promotion last year.\n\nEveryone thought I was mad.",
        "fold_preview": {
            "mobile": "I turned down a promotion last year.\n\nEveryone thought I was mad.",
            "desktop": "I turned down a promotion last year.\n\nEveryone thought I was mad.",
        },
        "character_count": 65,
        "hashtags": [],
        "transcript": "I turned down a promotion last year.\n\nEveryone thought I was mad.",
        "upload_captions": "Do not upload the SRT: the captions are in the picture, and would stand there twice.",
    },
    "usage": {
        "voice": {
            "calls": 1,
            "characters": 65,
            "bytes_bought": 31536,
            "scenes_reused": 0,
            "bytes_reused": 0,
            "seconds_saved": 0.0,
        }
    },
}
COMPLETED: Final = {
    **IN_WORK,
    "status": "completed",
    "progress": 100,
    "stage": "completed",
    "updated_at": "2026-11-23T05:41:48.000Z",
    "eta_seconds": 0,
    **_LINKS,
    **_FILM,
}
FAILED: Final = {
    **IN_WORK,
    "status": "error",
    "progress": 0,
    "stage": None,
    "attempt": 0,
    "eta_seconds": None,
    "error": "The film could not be started.",
    "error_detail": {
        "code": "unavailable",
        "stage": None,
        "retryable": True,
        "hint": "Send the post again.",
        "request_id": "455d2d6069a14a0e8ba5e4a64ed0a4a5",
    },
}
FILM: Final = {"job_id": JOB_ID, **_LINKS, **_FILM}
CANCELLED: Final[dict[str, Any]] = {"job_id": JOB_ID, "status": "cancelled", "poll_after_ms": 1000}
IMAGES: Final[dict[str, Any]] = {
    "images": [
        {
            "id": IMAGE_ID,
            "url": f"{_HOST}/files/uploads/images/2026/11/23/{IMAGE_ID}{_SIGNED}",
            "url_expires_at": "2026-11-23T06:41:50.000Z",
            "width": 1600,
            "height": 1200,
            "content_type": "image/jpeg",
            "size": 79446,
        }
    ],
    "user_image_ids": [IMAGE_ID],
}
HEALTH: Final[dict[str, Any]] = {
    "status": "ok",
    "version": "0.1.0",
    "checks": {"redis": "ok", "libmagic": "ok", "ffmpeg": "ok", "fonts": "ok", "lettering": "ok"},
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "about:blank",
    "title": "The request is not valid",
    "status": 400,
    "detail": "3 fields need a change.",
    "code": "invalid_request",
    "request_id": "61950ce00f6240e6b1de9edd1ab5edd2",
    "errors": [
        {
            "field": "contents",
            "code": "unknown_field",
            "message": "There is no field contents. Did you mean content?",
        },
        {
            "field": "content",
            "code": "required",
            "message": "content is missing: the text of the post, 1 to 3,000 characters.",
        },
        {
            "field": "style",
            "code": "invalid",
            "message": "style must be one of professional, casual, educational, entertaining, dynamic.",
        },
    ],
}
