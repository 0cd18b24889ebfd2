"""Trains a model in pods."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.decorators import task
from airflow.providers.amazon.aws.operators.eks import EksPodOperator
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.secret import Secret
from airflow.providers.google.cloud.operators.kubernetes_engine import GKEStartPodOperator
from kubernetes.client import models as k8s

DATA = k8s.V1Volume(
    name="data", persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="training-data")
)
MOUNT = k8s.V1VolumeMount(name="data", mount_path="/data", read_only=True)

with DAG(
    "train_in_pods",
    schedule="@weekly",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"retries": 2, "namespace": "ml"},
) as dag:
    prepare = KubernetesPodOperator(
        task_id="prepare",
        name="prepare",
        image="registry.example.org/ml/prepare:1.8",
        cmds=["python", "-m", "prepare"],
        arguments=["--day", "{{ ds }}", "--rows", "{{ params.rows }}"],
        params={"rows": 1000},
        env_vars={"STAGE": "prod", "API_KEY": "kk-93f1a7"},
        env_from=[k8s.V1EnvFromSource(config_map_ref=k8s.V1ConfigMapEnvSource(name="ml-settings"))],
        secrets=[
            Secret("env", "db_password", "warehouse", "password"),
            Secret("volume", "/etc/keys", "signing-keys"),
        ],
        configmaps=["ml-common"],
        volumes=[DATA],
        volume_mounts=[MOUNT],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "500m", "memory": "1Gi"}, limits={"memory": "2Gi"}
        ),
        labels={"team": "ml"},
        annotations={"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
        image_pull_secrets=[k8s.V1LocalObjectReference(name="registry")],
        image_pull_policy="Always",
        service_account_name="trainer",
        node_selector={"pool": "general"},
        startup_timeout_seconds=600,
        get_logs=True,
        is_delete_operator_pod=True,
        do_xcom_push=True,
    )
    train = GKEStartPodOperator(
        task_id="train",
        name="train",
        project_id="shop-ml",
        location="europe-west1",
        cluster_name="gpu",
        image="registry.example.org/ml/train:1.8",
        arguments=["{{ ti.xcom_pull(task_ids='prepare')['path'] }}"],
        affinity={
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "gpu", "operator": "In", "values": ["a100"]}]}]
                }
            }
        },
        tolerations=[k8s.V1Toleration(key="gpu", operator="Exists", effect="NoSchedule")],
        execution_timeout=timedelta(hours=6),
        init_containers=[
            k8s.V1Container(name="wait", image="busybox:1.36", command=["sh", "-c", "sleep 5"], volume_mounts=[MOUNT])
        ],
        volumes=[DATA],
    )
    publish = EksPodOperator(
        task_id="publish",
        pod_name="publish",
        cluster_name="serving",
        region="eu-west-1",
        image="registry.example.org/ml/publish:1.8",
        cmds=["/publish"],
        pod_template_file="pod.yaml",
        skip_on_exit_code=42,
    )

    @task.kubernetes(
        image="python:3.12-slim",
        namespace="ml",
        container_resources=k8s.V1ResourceRequirements(limits={"cpu": "1"}),
        env_vars={"MODE": "full"},
    )
    def evaluate(threshold: float):
        return threshold > 0.5

    prepare >> train >> publish >> evaluate(0.7)
