#!/usr/bin/env python3
"""first_call.py ADDRESS PORT SECONDS: calls sip:echo@ADDRESS:PORT over UDP until it is answered and a packet of sound comes
back, then hangs up. Prints READY before it begins, then the time (of CLOCK_MONOTONIC) at which the sound was back."""
import re
import socket
import struct
import sys
import time

AGAIN = 0.01  # between attempts: nobody listens at first


def message(method, cseq, to_tag, port, body=""):
    lines = [f"{method} sip:echo@{SERVER[0]}:{SERVER[1]} SIP/2.0",
             f"Via: SIP/2.0/UDP {SERVER[0]}:{port};branch=z9hG4bK{cseq}{method}{port}", "Max-Forwards: 70",
             f"From: <sip:probe@{SERVER[0]}>;tag=probe{port}", f"To: <sip:echo@{SERVER[0]}>{to_tag}",
             f"Call-ID: first-{port}", f"CSeq: {cseq} {method}", f"Contact: <sip:probe@{SERVER[0]}:{port}>"]
    if body:
        lines.append("Content-Type: application/sdp")
    lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def answer_of(sip, request, deadline):
    """The final response to it. Unanswered it is sent again; while nobody listens, at once."""
    while time.monotonic() < deadline:
        try:
            sip.send(request)
            while True:
                text = sip.recv(65535).decode()
                if not text.startswith("SIP/2.0 1"):
                    return text
        except (ConnectionRefusedError, socket.timeout):
            time.sleep(AGAIN)
    sys.exit("no answer")


def main():
    deadline = time.monotonic() + float(sys.argv[3])
    sip, rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in (sip, rtp):
        each.bind((SERVER[0], 0))
        each.settimeout(0.5)
    sip.connect(SERVER)
    port = sip.getsockname()[1]
    print("READY", flush=True)
    body = (f"v=0\r\no=- 1 1 IN IP4 {SERVER[0]}\r\ns=-\r\nc=IN IP4 {SERVER[0]}\r\nt=0 0\r\n"
            f"m=audio {rtp.getsockname()[1]} RTP/AVP 0\r\n")
    answer = answer_of(sip, message("INVITE", 1, "", port, body), deadline)
    if not answer.startswith("SIP/2.0 200"):
        sys.exit(f"refused: {answer.splitlines()[0]}")
    tag = re.search(r"^To:.*(;tag=\S+)", answer, re.M | re.I)[1]
    sip.send(message("ACK", 1, tag, port))
    media = re.search(r"^m=audio (\d+)", answer, re.M)[1]
    for sequence in range(500):
        rtp.sendto(struct.pack("!BBHII", 0x80, 0, sequence, sequence * 160, 7) + b"\x55" * 160, (SERVER[0], int(media)))
        rtp.settimeout(0.02)
        try:
            rtp.recv(2048)
            break
        except socket.timeout:
            pass
    else:
        sys.exit("no sound came back")
    print(time.monotonic(), flush=True)
    if not answer_of(sip, message("BYE", 2, tag, port), deadline).startswith("SIP/2.0 200"):
        sys.exit("BYE was refused")


SERVER = (sys.argv[1], int(sys.argv[2]))
main()
