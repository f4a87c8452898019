"""The command line of every program of the cluster, and the files that configure them."""

from __future__ import annotations

import ipaddress
import json
import sys
from pathlib import Path

from tests.e2e.cluster import address_relay
from tests.e2e.cluster.settings import GPU, GPUS, NODE_NAME, NodePlace, Settings

RELAY = Path(address_relay.__file__)
PAUSE_IMAGE = "console.local/pause:1"
_CNI_PLUGINS = "/usr/lib/cni"


def etcd(settings: Settings) -> list[str]:
    client = f"http://127.0.0.1:{settings.etcd_port}"
    peer = f"http://127.0.0.1:{settings.etcd_peer_port}"
    return [
        f"--data-dir={settings.home}/etcd",
        "--unsafe-no-fsync",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def apiserver(settings: Settings) -> list[str]:
    pki = settings.pki
    return [
        f"--etcd-servers=http://127.0.0.1:{settings.etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={settings.api_port}",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--client-ca-file={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/kubelet-client.crt",
        f"--kubelet-client-key={pki}/kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP,Hostname",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki}/accounts.pub",
        f"--service-account-signing-key-file={pki}/accounts.key",
        f"--service-cluster-ip-range={settings.services}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--endpoint-reconciler-type=none",
        "--allow-privileged=true",
        "--runtime-config=resource.k8s.io/v1beta1=true",
        *_aggregation(settings),
        "--profiling=false",
    ]


def _aggregation(settings: Settings) -> list[str]:
    """How it tells an API server behind it who asks."""
    pki, header = settings.pki, "--requestheader"
    return [
        f"{header}-client-ca-file={pki}/ca.crt",
        f"{header}-allowed-names=front-proxy",
        f"{header}-username-headers=X-Remote-User",
        f"{header}-group-headers=X-Remote-Group",
        f"{header}-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={pki}/front-proxy.crt",
        f"--proxy-client-key-file={pki}/front-proxy.key",
    ]


def controller_manager(settings: Settings) -> list[str]:
    return [
        f"--kubeconfig={settings.pki}/controller-manager.kubeconfig",
        "--bind-address=127.0.0.1",
        f"--secure-port={settings.controller_manager_port}",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--root-ca-file={settings.pki}/ca.crt",
        f"--service-account-private-key-file={settings.pki}/accounts.key",
        "--controllers=*,-nodeipam",
        f"--flex-volume-plugin-dir={settings.home}/volume-plugins",
    ]


def scheduler(settings: Settings) -> list[str]:
    return [
        f"--kubeconfig={settings.pki}/scheduler.kubeconfig",
        "--bind-address=127.0.0.1",
        f"--secure-port={settings.scheduler_port}",
        "--leader-elect=false",
    ]


def kubelet(settings: Settings, node: NodePlace | None = None) -> list[str]:
    node = node or settings.node
    return [
        f"--config={node.home}/kubelet.json",
        f"--kubeconfig={settings.pki}/{node.key}.kubeconfig",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
        f"--root-dir={node.home}/kubelet",
        f"--cert-dir={node.home}/kubelet-pki",
    ]


def api_service(settings: Settings) -> list[str]:
    """Python with a script of the folder: the address of the Service, and where it leads."""
    python, script = Path(sys.executable).resolve(), settings.home / "bin" / RELAY.name
    return [
        str(python),
        str(script),
        settings.api_service,
        "443",
        "127.0.0.1",
        str(settings.api_port),
    ]


def device_plugin(settings: Settings, node: NodePlace | None = None) -> list[str]:
    return [GPU, str((node or settings.node).gpu_count_file)]


def dra_driver(settings: Settings) -> list[str]:
    return [
        f"--kubeconfig={settings.pki}/admin.kubeconfig",
        f"--node-name={NODE_NAME}",
        f"--num-devices={GPUS}",
        f"--cdi-root={settings.home}/cdi",
    ]


def containerd(settings: Settings, node: NodePlace | None = None) -> list[str]:
    return [f"--config={(node or settings.node).home}/containerd.toml"]


def write_configuration(settings: Settings, node: NodePlace, snapshotter: str) -> None:
    """A node's kubelet.json, containerd.toml and network of its pods."""
    home = node.home
    (home / "kubelet.json").write_text(json.dumps(_kubelet_configuration(settings, node), indent=1))
    (home / "containerd.toml").write_text(_containerd_configuration(node, snapshotter))
    (home / "cni").mkdir()
    first, last = node.pods
    network_part = settings.subnet.rpartition(".")[0]
    ours = {
        "subnet": settings.subnet,
        "rangeStart": f"{network_part}.{first}",
        "rangeEnd": f"{network_part}.{last}",
    }
    network = {
        "cniVersion": "0.4.0",
        "name": "carla-e2e",
        "plugins": [
            {
                "type": "bridge",
                "bridge": settings.bridge,
                "isDefaultGateway": True,
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[ours]],
                    "dataDir": f"{home}/cni-addresses",
                },
            }
        ],
    }
    (home / "cni" / "10-e2e.conflist").write_text(json.dumps(network))


def _kubelet_configuration(settings: Settings, node: NodePlace) -> dict[str, object]:
    low = {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"}
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node.address,
        "port": settings.kubelet_port,
        "readOnlyPort": 0,
        "healthzPort": 0,
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{node.cgroup}",
        "containerRuntimeEndpoint": f"unix://{node.containerd_socket}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{settings.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "failSwapOn": False,
        "makeIPTablesUtilChains": False,
        "enforceNodeAllocatable": ["pods"],
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {**low, "nodefs.inodesFree": "1%"},
        # Nobody is there: pods whose policy asks for one get a warning where it has no address.
        "clusterDNS": [str(ipaddress.ip_network(settings.services)[10])],
        "clusterDomain": "cluster.local",
        "volumePluginDir": f"{node.home}/volume-plugins",
    }


def _containerd_configuration(node: NodePlace, snapshotter: str) -> str:
    home = node.home
    return f"""\
version = 2
root = "{home}/containerd"
state = "{home}/containerd-state"
[grpc]
  address = "{node.containerd_socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{home}/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{_CNI_PLUGINS}"
    conf_dir = "{home}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{snapshotter}"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""
