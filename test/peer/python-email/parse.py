"""Parses messages with Python's email package: one base64 line in, one JSON line out."""
import base64, email, email.policy, hashlib, json, sys


def part(message):
    content_type = message.get_content_type()
    node = {
        "type": content_type,
        "filename": message.get_filename(),
        "disposition": message.get_content_disposition(),
        "contentId": message.get("Content-ID"),
        "encoding": message.get("Content-Transfer-Encoding"),
        "description": message.get("Content-Description"),
        "parts": [],
    }
    if message.is_multipart():
        node["parts"] = [part(child) for child in message.iter_parts()] if content_type != "message/rfc822" else [part(message.get_payload(0))]
    else:
        octets = message.get_payload(decode=True)
        node["size"] = len(octets)
        node["sha256"] = hashlib.sha256(octets).hexdigest()
        if content_type.startswith("text/"):
            node["text"] = octets.decode(message.get_content_charset("ascii"), "replace")
    node["defects"] = [type(defect).__name__ for defect in message.defects]
    return node


def mailboxes(message, name):
    header = message.get(name)
    if header is None:
        return []
    return [
        {"name": box.display_name, "address": box.addr_spec, "group": group.display_name}
        for group in header.groups
        for box in group.addresses
    ]


for line in sys.stdin:
    message = email.message_from_bytes(base64.b64decode(line), policy=email.policy.SMTP)
    print(json.dumps({
        "names": message.keys(),
        "subject": message.get("Subject"),
        "date": message["Date"].datetime.timestamp() if message["Date"] else None,
        "messageId": message.get("Message-ID"),
        **{name: mailboxes(message, name) for name in ["From", "Sender", "To", "Cc", "Reply-To"]},
        "values": {name: message.get_all(name) for name in set(message.keys()) if name.lower().startswith("x-")},
        "part": part(message),
    }))
    sys.stdout.flush()
