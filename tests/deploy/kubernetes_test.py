"""The manifests and the container file, as far as they can be read without an
engine or a cluster: what a person would check before applying them."""

import importlib.util
import re
import unittest

from tools import ANNALS, ANNALSD, SOURCE, run

HAS_YAML = importlib.util.find_spec("yaml") is not None
MANIFEST = SOURCE / "deploy/kubernetes/annals.yaml"
CONTAINER = SOURCE / "deploy/container/Containerfile"


@unittest.skipUnless(HAS_YAML, "not installed: python3-yaml")
class ManifestTest(unittest.TestCase):

    def setUp(self):
        import yaml
        with open(MANIFEST, encoding="utf-8") as file:
            documents = list(yaml.safe_load_all(file))
        self.by_kind = {document["kind"]: document for document in documents}
        self.assertEqual(len(self.by_kind), len(documents))
        self.set = self.by_kind["StatefulSet"]["spec"]
        self.pod = self.set["template"]["spec"]
        self.daemon = self.pod["containers"][0]

    def test_all_parts_are_there_in_one_namespace(self):
        self.assertEqual(set(self.by_kind),
                         {"ServiceAccount", "ConfigMap", "Service",
                          "StatefulSet", "PodDisruptionBudget",
                          "NetworkPolicy"})
        for document in self.by_kind.values():
            self.assertEqual(document["metadata"]["namespace"], "annals")
            self.assertIn("apiVersion", document)

    def test_one_writer_on_one_volume_that_stays(self):
        self.assertEqual(self.set["replicas"], 1)
        self.assertEqual(self.set["persistentVolumeClaimRetentionPolicy"],
                         {"whenDeleted": "Retain", "whenScaled": "Retain"})
        claim = self.set["volumeClaimTemplates"][0]
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteOncePod"])
        budget = self.by_kind["PodDisruptionBudget"]["spec"]
        self.assertEqual(budget["maxUnavailable"], 0)

    def test_every_selector_finds_the_pod(self):
        labels = self.set["template"]["metadata"]["labels"]
        for selector in (self.set["selector"]["matchLabels"],
                         self.by_kind["Service"]["spec"]["selector"],
                         self.by_kind["PodDisruptionBudget"]["spec"]
                         ["selector"]["matchLabels"],
                         self.by_kind["NetworkPolicy"]["spec"]
                         ["podSelector"]["matchLabels"]):
            self.assertLessEqual(selector.items(), labels.items())

    def test_every_mount_has_its_volume(self):
        volumes = {volume["name"] for volume in self.pod["volumes"]}
        volumes |= {claim["metadata"]["name"]
                    for claim in self.set["volumeClaimTemplates"]}
        for container in self.pod["initContainers"] + self.pod["containers"]:
            for mount in container["volumeMounts"]:
                self.assertIn(mount["name"], volumes)

    def test_it_is_confined(self):
        pod = self.pod["securityContext"]
        self.assertTrue(pod["runAsNonRoot"])
        self.assertEqual(pod["seccompProfile"]["type"], "RuntimeDefault")
        self.assertFalse(self.pod["automountServiceAccountToken"])
        for container in self.pod["initContainers"] + self.pod["containers"]:
            context = container["securityContext"]
            self.assertFalse(context["allowPrivilegeEscalation"])
            self.assertTrue(context["readOnlyRootFilesystem"])
            self.assertEqual(context["capabilities"], {"drop": ["ALL"]})

    def test_the_daemon_knows_its_flags(self):
        flags = self.by_kind["ConfigMap"]["data"]["annalsd.flags"]
        known = set(re.findall(r"--(\w+)", run([ANNALSD, "--help"]).stdout))
        self.assertLessEqual(set(re.findall(r"^--(\w+)=", flags, re.M)), known)
        # Behind a Service it would be of no use without.
        self.assertIn("--tls_client_ca=", flags)
        port = re.search(r"--listen=0\.0\.0\.0:(\d+)", flags).group(1)
        self.assertEqual(self.daemon["ports"][0]["containerPort"], int(port))

    def test_the_client_knows_the_probes(self):
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            command = self.daemon[name]["exec"]["command"]
            self.assertEqual(command[0], "annals")
            # Nothing listens on port 1: it fails for want of a server.
            asked = run([ANNALS, *command[1:-1], "1", "--server",
                         "127.0.0.1:1"])
            self.assertEqual(asked.returncode, 7, asked.stderr)

    def test_a_stop_waits_for_the_drain(self):
        self.assertGreaterEqual(self.pod["terminationGracePeriodSeconds"], 60)

    def test_the_policy_lets_in_the_port_only(self):
        policy = self.by_kind["NetworkPolicy"]["spec"]
        self.assertEqual(policy["policyTypes"], ["Ingress", "Egress"])
        ports = [port["port"] for rule in policy["ingress"]
                 for port in rule["ports"]]
        self.assertEqual(ports, [7432])


class ContainerTest(unittest.TestCase):

    def test_it_is_small_and_not_run_by_root(self):
        text = CONTAINER.read_text(encoding="utf-8")
        stages = re.findall(r"^FROM (\S+)", text, re.M)
        self.assertEqual(stages, ["docker.io/library/debian:12",
                                  "docker.io/library/debian:12-slim"])
        last = text.split("FROM ")[-1]
        self.assertIn("\nUSER 7432:7432\n", last)
        for line in ("VOLUME /var/lib/annals", "STOPSIGNAL SIGTERM",
                     "HEALTHCHECK ", 'ENTRYPOINT ["/usr/sbin/annalsd"]'):
            self.assertIn("\n" + line, last)


if __name__ == "__main__":
    unittest.main()
