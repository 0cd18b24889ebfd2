"""Pods: KubernetesPodOperator and relatives, Docker."""

from __future__ import annotations

from typing import Any

import pytest

POD = """
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.secret import Secret
from kubernetes.client import models as k8s
"""


def pod(one: Any, arguments: str, **more: Any) -> Any:
    return one(f"KubernetesPodOperator(task_id='t', image='i:1', cmds=['run'], {arguments})", POD, **more)


@pytest.mark.parametrize(
    ("argument", "place", "expected"),
    [
        ("node_selector={'a': 'b'}", "nodeSelector", {"a": "b"}),
        ("tolerations=[k8s.V1Toleration(key='k', operator='Exists')]", "tolerations", [{"key": "k", "operator": "Exists"}]),
        ("service_account_name='s'", "serviceAccountName", "s"),
        ("automount_service_account_token=False", "automountServiceAccountToken", False),
        ("hostnetwork=True", "hostNetwork", True),
        ("dnspolicy='ClusterFirst'", "dnsPolicy", "ClusterFirst"),
        ("dns_config=k8s.V1PodDNSConfig(nameservers=['1.1.1.1'])", "dnsConfig", {"nameservers": ["1.1.1.1"]}),
        ("schedulername='s'", "schedulerName", "s"),
        ("priority_class_name='p'", "priorityClassName", "p"),
        ("runtime_class_name='r'", "runtimeClassName", "r"),
        ("termination_grace_period=9", "terminationGracePeriodSeconds", 9),
        ("hostname='h', subdomain='s'", "subdomain", "s"),
        ("host_aliases=[k8s.V1HostAlias(ip='1.2.3.4', hostnames=['x'])]", "hostAliases", [{"ip": "1.2.3.4", "hostnames": ["x"]}]),
        ("security_context={'runAsUser': 5}", "securityContext", {"runAsUser": 5}),
        ("security_context=k8s.V1PodSecurityContext(run_as_user=5, fs_group=7)", "securityContext", {"runAsUser": 5, "fsGroup": 7}),
        ("image_pull_secrets='a,b'", "imagePullSecrets", [{"name": "a"}, {"name": "b"}]),
        ("affinity=k8s.V1Affinity(node_affinity=k8s.V1NodeAffinity())", "affinity", {"nodeAffinity": {}}),
        ("init_containers=[k8s.V1Container(name='n', image='x', image_pull_policy='Always')]", "initContainers",
         [{"name": "n", "image": "x", "imagePullPolicy": "Always"}]),
    ],
)  # fmt: skip
def test_pod_fields(one: Any, argument: str, place: str, expected: Any) -> None:
    found = pod(one, argument)
    assert found.action.pod[place] == expected
    assert found.codes() == []


@pytest.mark.parametrize(
    ("argument", "place", "expected"),
    [
        ("container_resources=k8s.V1ResourceRequirements(limits={'cpu': 1})", "resources", {"limits": {"cpu": "1"}}),
        ("resources={'request_memory': '1Gi', 'limit_cpu': 2}", "resources",
         {"requests": {"memory": "1Gi"}, "limits": {"cpu": "2"}}),
        ("ports=[k8s.V1ContainerPort(container_port=80)]", "ports", [{"containerPort": 80}]),
        ("env_from=[k8s.V1EnvFromSource(secret_ref=k8s.V1SecretEnvSource(name='s'))]", "envFrom", [{"secretRef": {"name": "s"}}]),
        ("configmaps=['c']", "envFrom", [{"configMapRef": {"name": "c"}}]),
        ("secrets=[Secret('env', None, 's')]", "envFrom", [{"secretRef": {"name": "s"}}]),
        ("container_security_context={'privileged': True}", "securityContext", {"privileged": True}),
        ("image_pull_policy='Never'", "imagePullPolicy", "Never"),
        ("termination_message_policy='FallbackToLogsOnError'", "terminationMessagePolicy", "FallbackToLogsOnError"),
    ],
)  # fmt: skip
def test_container_fields(one: Any, argument: str, place: str, expected: Any) -> None:
    found = pod(one, argument)
    assert found.action.container[place] == expected
    assert found.codes() == []


def test_environment_and_secrets(one: Any, value: Any) -> None:
    found = pod(
        one,
        "env_vars=[k8s.V1EnvVar(name='A', value='1'), k8s.V1EnvVar(name='TOKEN', value='abcdef12'),"
        " k8s.V1EnvVar(name='IP', value_from=k8s.V1EnvVarSource(field_ref=k8s.V1ObjectFieldSelector(field_path='status.podIP')))],"
        " secrets=[Secret('env', 'db', 's', 'k'), Secret('volume', '/etc/s', 'v')], arguments=['--password', 'hunter2']",
    )
    action = found.action
    assert [(k, value(v)) for k, v in action.env] == [("A", "1"), ("TOKEN", "<secret>")]
    assert action.env_raw[0]["valueFrom"] == {"fieldRef": {"fieldPath": "status.podIP"}}
    assert action.env_raw[1] == {"name": "DB", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    assert action.pod["volumes"][0]["secret"] == {"secretName": "v"}
    assert [value(a) for a in action.args] == ["--password", "<secret>"]
    assert found.codes() == ["SEC002"]
    assert "hunter2" not in found.task.model_dump_json()


def test_a_whole_pod_is_overlaid(one: Any, value: Any) -> None:
    text = """
    metadata: {labels: {a: x, b: y}}
    spec:
      nodeSelector: {p: q}
      volumes: [{name: v, emptyDir: {}}]
      containers:
      - {name: base, image: old, env: [{name: A, value: "1"}, {name: PASSWORD, value: hunter2}], resources: {limits: {cpu: 1}}}
      - {name: side, image: s}
    """
    found = one(
        "KubernetesPodOperator(task_id='t', image='new', pod_template_file='/opt/airflow/dags/pod.yaml', labels={'b': 'z'},"
        " env_vars={'A': '2'}, volumes=[k8s.V1Volume(name='w', empty_dir={})])",
        POD,
        {"pod.yaml": text},
    )
    action = found.action
    assert value(action.image) == "new"
    assert action.labels == {"a": "x", "b": "z"}
    assert [v["name"] for v in action.pod["volumes"]] == ["v", "w"]
    assert [c["name"] for c in action.pod["containers"]] == ["side"]
    assert ("A", "2") in [(k, value(v)) for k, v in action.env]
    assert action.container["resources"] == {"limits": {"cpu": 1}}
    assert found.codes() == ["OPS041", "SEC002"]
    assert "hunter2" not in found.task.model_dump_json()


def test_what_cannot_be_honoured_is_said(one: Any) -> None:
    found = pod(
        one, "namespace='etl', startup_timeout_seconds=9, get_logs=True, cluster_context='other', do_xcom_push=True"
    )
    assert found.codes() == ["OPS023", "OPS042", "OPS043", "OPS046"]
    assert found.action.output_file == "/airflow/xcom/return.json"
    skipping = pod(one, "skip_on_exit_code=42")
    assert (skipping.action.skip_exit_codes, skipping.codes()) == ((42,), ["OPS044"])
    without = one("KubernetesPodOperator(task_id='t', image='i', skip_on_exit_code=42)", POD)
    assert (without.action.skip_exit_codes, without.codes()) == ((), ["OPS024", "OPS041"])
    unknown = pod(one, "nonsense=1")
    assert unknown.codes() == ["OPS003"]


def test_docker(one: Any, value: Any) -> None:
    found = one(
        "DockerOperator(task_id='t', image='i', command='run --d {{ ds }} \"a b\"', mem_limit='2g', cpus=0.5, user='1:2',\n"
        "    environment={'A': '1'}, private_environment={'B': 'x'}, network_mode='host', auto_remove='force',\n"
        "    mounts=[Mount(target='/t', source='/s', type='bind')], entrypoint=['/bin/x'])",
        "from airflow.providers.docker.operators.docker import DockerOperator\nfrom docker.types import Mount\n",
    )
    action = found.action
    assert [value(a) for a in action.args] == ["run", "--d", "<time>", "a b"]
    assert [value(c) for c in action.command] == ["/bin/x"]
    assert action.container["resources"] == {"limits": {"memory": "2Gi", "cpu": "0.5"}}
    assert action.container["securityContext"] == {"runAsUser": 1, "runAsGroup": 2}
    assert action.pod["hostNetwork"]
    assert dict(action.env)["B"].kind == "secret"
    assert found.codes() == ["OPS020", "OPS023", "SEC002"]


def test_pod_of_a_decorated_function(one: Any) -> None:
    found = one(
        "@task.kubernetes(task_id='t', image='i', container_resources=k8s.V1ResourceRequirements(limits={'cpu': '2'}))\n"
        "def g(): return 1\ng()\n",
        POD,
    )
    assert (found.action.kind, found.action.image) == ("python", "i")
    assert found.task.pod["containers"][0]["resources"] == {"limits": {"cpu": "2"}}


def test_environment_from_a_task_whose_keys_are_known(one: Any) -> None:
    found = one(
        """
        @task
        def settings():
            if False:
                return {"A": 1}
            return {"A": 2, "B": 3}
        KubernetesPodOperator(task_id='t', image='i', cmds=['x'], env_vars=settings())
        """,
        POD,
    )
    assert [(k, v.task, v.path) for k, v in found.action.env] == [("A", "settings", ("A",)), ("B", "settings", ("B",))]
    assert found.codes() == []
    unknown = one(
        "@task\ndef settings(): return dict(A=1)\nKubernetesPodOperator(task_id='t', image='i', cmds=['x'], env_vars=settings())",
        POD,
    )
    assert unknown.codes() == ["OPS005"]
