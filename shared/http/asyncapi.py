"""The AsyncAPI 3.0 document of every message for the world, made from the code's table."""

from __future__ import annotations

from typing import Any

from shared.http.openapi import CONTACT, LICENSE
from shared.messages import MESSAGE_TYPES, MessageType

EXCHANGE = "registry.events"


def document() -> dict[str, Any]:
    """Return the document; one channel, one operation and one message per type made."""
    types = [kind for kind in MESSAGE_TYPES if kind.audience == "world"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Poverty Registry messages",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in structured JSON; ids and dates only. "
            f"Topic exchange `{EXCHANGE}`, routing key = type.",
            "contact": CONTACT,
            "license": LICENSE,
            "tags": [{"name": "messages", "description": "What happened, ids and dates only."}],
        },
        "servers": {
            "broker": {
                "host": "{host}",
                "protocol": "amqp",
                "description": "The RabbitMQ of this registry, inside its trust boundary.",
                "variables": {"host": {"description": "Its address.", "default": "localhost:5672"}},
            }
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {kind.name: _channel(kind) for kind in types},
        "operations": {f"send.{kind.name}": _operation(kind) for kind in types},
        "components": {"messages": {kind.name: _message(kind) for kind in types}},
    }


def _channel(kind: MessageType) -> dict[str, Any]:
    return {
        "address": kind.name,
        "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EXCHANGE, "type": "topic", "durable": True},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(kind: MessageType) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{kind.name}"},
        "summary": kind.meaning,
        "description": f"{kind.meaning} Sent at least once; the `id` tells repeats.",
        "messages": [{"$ref": f"#/channels/{kind.name}/messages/{kind.name}"}],
    }


def _message(kind: MessageType) -> dict[str, Any]:
    data = {name: {**schema, "description": said} for name, (schema, said) in kind.fields.items()}
    return {
        "name": kind.name,
        "summary": kind.meaning,
        "contentType": "application/cloudevents+json",
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "time", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {"type": "string"},
                "source": {"type": "string"},
                "type": {"const": kind.name},
                "time": {"type": "string", "format": "date-time"},
                "traceparent": {
                    "type": "string",
                    "description": "The trace of what made the message, if it is recorded (W3C).",
                },
                "datacontenttype": {"const": "application/json"},
                "data": {"type": "object", "required": list(data), "properties": data},
            },
        },
    }
