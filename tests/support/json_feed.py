"""JSON Feed 1.1 as a JSON Schema, written from the specification (jsonfeed.org/version/1.1, 7 August 2020).

Where it leaves a choice the schema does too; what it forbids or asks for is here. Extensions begin with an underscore.
"""

from typing import Any

_URL: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:"}
_DATE: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$",
    "format": "date-time",
}
_TEXT: dict[str, Any] = {"type": "string"}
_EXTENSION: dict[str, Any] = {"^_[A-Za-z0-9]": {"type": "object"}}
_AUTHOR: dict[str, Any] = {
    "type": "object",
    "properties": {"name": _TEXT, "url": _URL, "avatar": _URL},
    "patternProperties": _EXTENSION,
    "additionalProperties": False,
    "anyOf": [{"required": ["name"]}, {"required": ["url"]}, {"required": ["avatar"]}],
}
_ATTACHMENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "url": _URL,
        "mime_type": _TEXT,
        "title": _TEXT,
        "size_in_bytes": {"type": "number", "minimum": 0},
        "duration_in_seconds": {"type": "number", "minimum": 0},
    },
    "patternProperties": _EXTENSION,
    "additionalProperties": False,
    "required": ["url", "mime_type"],
}
_LANGUAGE: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}
ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "url": _URL,
        "external_url": _URL,
        "title": _TEXT,
        "content_html": _TEXT,
        "content_text": _TEXT,
        "summary": _TEXT,
        "image": _URL,
        "banner_image": _URL,
        "date_published": _DATE,
        "date_modified": _DATE,
        "author": _AUTHOR,
        "authors": {"type": "array", "items": _AUTHOR},
        "tags": {"type": "array", "items": _TEXT},
        "language": _LANGUAGE,
        "attachments": {"type": "array", "items": _ATTACHMENT},
    },
    "patternProperties": _EXTENSION,
    "additionalProperties": False,
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "user_comment": _TEXT,
        "next_url": _URL,
        "icon": _URL,
        "favicon": _URL,
        "author": _AUTHOR,
        "authors": {"type": "array", "items": _AUTHOR},
        "language": _LANGUAGE,
        "expired": {"type": "boolean"},
        "hubs": {
            "type": "array",
            "items": {"type": "object", "required": ["type", "url"], "properties": {"type": _TEXT, "url": _URL}},
        },
        "items": {"type": "array", "items": ITEM},
    },
    "patternProperties": _EXTENSION,
    "additionalProperties": False,
    "required": ["version", "title", "items"],
}
