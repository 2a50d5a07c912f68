#!/usr/bin/env python3
"""A chat client in one page: bridge.v1 in JSON, written from docs/PROTOCOL.md alone.

Usage: bridge_chat.py NAME [ws://localhost:8080/bridge] < lines-to-send
Needs python3 and the package `websockets` (Debian: python3-websockets).
"""
import asyncio
import json
import sys
import uuid

import websockets


async def main(name: str, url: str) -> None:
    # Without a token only the methods that need none can be called: here, to become a guest.
    async with websockets.connect(url, subprotocols=["grpc-bridge.v1.json"]) as socket:
        await hello(socket, "")
        guest = await unary(socket, 1, "chat.v1.AuthService/CreateGuest", {"displayName": name})
    async with websockets.connect(url, subprotocols=["grpc-bridge.v1.json"]) as socket:
        await hello(socket, guest["session"]["accessToken"])
        target = {"name": "welcome"}
        room = (await unary(socket, 1, "chat.v1.RoomService/JoinRoom", target))["room"]
        chat = 2  # the live stream is a call like any other: commands up, events down
        await send(socket, chat, start={"method": "chat.v1.ChatService/Chat", "initialCredit": 1 << 20})
        subscribe = {"requestId": 1, "subscribe": {"rooms": [{"roomId": room["roomId"]}]}}
        await send(socket, chat, body=subscribe)
        waiting = {}
        for number, line in enumerate(sys.stdin, start=2):
            message = {"roomId": room["roomId"], "clientMessageId": uuid.uuid4().hex, "text": line.rstrip("\n")}
            waiting[number] = line
            await send(socket, chat, body={"requestId": number, "sendMessage": message})
        while waiting:
            event = (await receive(socket, chat)).get("body", {})
            if "done" in event and event["done"]["requestId"] in waiting:
                del waiting[event["done"]["requestId"]]
                print("stored at", event["done"]["sendMessage"]["position"]["seq"], flush=True)
            if "failed" in event:
                sys.exit(f"refused: {event['failed']}")
        await send(socket, chat, end=True)


async def hello(socket, token: str) -> None:
    await send(socket, 0, hello={"client": "bridge_chat.py", "token": token, "initialCredit": 65536})
    while "welcome" not in await receive(socket, 0):
        pass


async def unary(socket, call_id: int, method: str, request: dict) -> dict:
    await send(socket, call_id, start={"method": method}, body=request, end=True)
    response = {}
    while True:
        frame = await receive(socket, call_id)
        response = frame.get("body", response)
        if "status" in frame:
            if frame["status"].get("code", "OK") != "OK":
                sys.exit(f"{method}: {frame['status']}")
            return response


async def send(socket, call_id: int, **frame) -> None:
    await socket.send(json.dumps({"callId": call_id, **frame}))


async def receive(socket, call_id: int) -> dict:
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 30))
        if "ping" in frame:
            await send(socket, 0, pong={"nonce": frame["ping"].get("nonce", 0)})
        elif frame.get("callId", 0) == call_id:
            return frame


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "ws://localhost:8080/bridge"))
