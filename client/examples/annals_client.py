#!/usr/bin/python3
"""Submits an annual report to Annals and reads it back, from Python.

It needs nothing of this project but its published schema: Debian's packages
protobuf-compiler, python3-grpcio and python3-protobuf, and the folder proto/.
The messages are generated at run time by protoc into a temporary folder; the
calls need no generated stubs, because a gRPC method is its name and the two
messages it takes and gives.

    annals import report.txt -o report.json
    annals agency register CODE --name NAME --division 410303
    ./annals_client.py report.json --agency CODE --year 2024 \\
        --reason "annual report" --ack "N-REQUESTS=the prose counts the office"

It prints the name of the recorded revision, what the rules say, and a few
figures as they were read back. Exit codes: 0 recorded and read back, 1 refused
(the reason is printed), 2 wrong usage, 7 server not available.

Options: --server HOST:PORT (or ANNALS_SERVER; default 127.0.0.1:7432),
--actor NAME (who you say you are), --proto FOLDER, --request-id UUID. After a
failure with an unknown outcome, repeat the call with the request id that was
printed: it is recorded once only.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import uuid

import grpc

MESSAGE_FILES = [
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
    "annals/v1/agency.proto",
    "annals/v1/finding.proto",
    "annals/v1/ledger_entry.proto",
    "annals/v1/ledger_service.proto",
    "annals/v1/lifecycle.proto",
    "annals/v1/report.proto",
    "annals/v1/report_service.proto",
    "annals/v1/schema_options.proto",
    "annals/v1/tables.proto",
]


def load_schema(proto_folder):
    """Generates the messages and returns the modules that are used here."""
    with tempfile.TemporaryDirectory(prefix="annals-proto-") as generated:
        subprocess.run(
            ["protoc", f"--proto_path={proto_folder}",
             f"--python_out={generated}", *MESSAGE_FILES],
            check=True)
        sys.path.insert(0, generated)
        # google.protobuf is an installed package; google.rpc is ours.
        import google
        google.__path__.append(str(pathlib.Path(generated, "google")))
        from annals.v1 import report_service_pb2
        from google.rpc import error_details_pb2, status_pb2
        sys.path.remove(generated)
        return report_service_pb2, error_details_pb2, status_pb2


class ReportClient:
    """Calls ReportService."""

    def __init__(self, channel, messages, actor):
        self._channel = channel
        self._messages = messages
        # Metadata is ASCII: the name travels percent-encoded.
        self._metadata = [("annals-actor", urllib.parse.quote(actor, safe=""))]

    def _call(self, method, request, answer_type):
        call = self._channel.unary_unary(
            f"/annals.v1.ReportService/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=answer_type.FromString)
        return call(request, metadata=self._metadata, timeout=30)

    def check(self, name, report):
        request = self._messages.CheckReportRequest(name=name, report=report)
        return self._call("CheckReport", request,
                          self._messages.CheckReportResponse).check

    def submit(self, request):
        return self._call("SubmitRevision", request,
                          self._messages.SubmitRevisionResponse)

    def get(self, name):
        request = self._messages.GetReportRequest(name=name)
        return self._call("GetReport", request, self._messages.Revision)


def describe(error, error_details, status_messages):
    """The error's message with its stable reason and its violations."""
    lines = [f"{error.code().name}: {error.details()}"]
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        status = status_messages.Status.FromString(value)
        for detail in status.details:
            info = error_details.ErrorInfo()
            if detail.Unpack(info):
                lines.append(f"reason: {info.reason}")
            bad_request = error_details.BadRequest()
            if detail.Unpack(bad_request):
                lines += [f"  {v.field}: {v.description}"
                          for v in bad_request.field_violations]
    return "\n".join(lines)


def parse_arguments():
    default_proto = pathlib.Path(__file__).resolve().parents[2] / "proto"
    parser = argparse.ArgumentParser(
        description="Submits an annual report to Annals and reads it back.")
    parser.add_argument("report", help="a report as JSON")
    parser.add_argument("--agency", required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--reason", required=True)
    parser.add_argument("--ack", action="append", default=[],
                        metavar="RULE=REASON")
    parser.add_argument("--actor", default=os.environ.get("USER", "python"))
    parser.add_argument("--request-id", default=str(uuid.uuid4()))
    parser.add_argument("--server", default=os.environ.get(
        "ANNALS_SERVER", "127.0.0.1:7432"))
    parser.add_argument("--proto", default=default_proto)
    return parser.parse_args()


def make_request(arguments, messages):
    from google.protobuf import json_format
    request = messages.SubmitRevisionRequest(
        name=f"agencies/{arguments.agency}/reports/{arguments.year}",
        reason=arguments.reason,
        request_id=arguments.request_id)
    text = pathlib.Path(arguments.report).read_text(encoding="utf-8")
    json_format.Parse(text, request.report)
    for acknowledgement in arguments.ack:
        rule, _, reason = acknowledgement.partition("=")
        request.acknowledgements.add(rule_id=rule, reason=reason)
    return request


def run(client, request):
    check = client.check(request.name, request.report)
    for finding in check.findings:
        # 2 is OUTCOME_FAIL; what can't be assessed is no failure.
        if finding.outcome == 2:
            print(f"{finding.rule_id}: {finding.message.en}")
    recorded = client.submit(request).revision
    print(f"recorded {recorded.name}, ledger entry {recorded.entry_index}")
    again = client.get(recorded.name)
    report = again.content.report
    print(f"read back: {report.title}")
    print(f"new applications: {report.t3.new_received.total}, "
          f"processed: {report.t3.total_processed.total}")
    sent = type(report)()
    sent.CopyFrom(request.report)
    sent.ClearField("etag")
    if report != sent:
        print("what was read back is not what was sent", file=sys.stderr)
        return 1
    return 0


def main():
    arguments = parse_arguments()
    messages, error_details, status_messages = load_schema(arguments.proto)
    request = make_request(arguments, messages)
    with grpc.insecure_channel(arguments.server) as channel:
        client = ReportClient(channel, messages, arguments.actor)
        try:
            return run(client, request)
        except grpc.RpcError as error:
            print(describe(error, error_details, status_messages),
                  file=sys.stderr)
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                print(f"repeat with --request-id {request.request_id}",
                      file=sys.stderr)
                return 7
            return 1


if __name__ == "__main__":
    sys.exit(main())
