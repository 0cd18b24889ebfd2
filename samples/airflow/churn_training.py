"""Trains the churn model in the cluster: features, training on a GPU node, evaluation, registration."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.python import ShortCircuitOperator
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

from common.settings import DEFAULT_ARGS

IMAGE = "registry.example.com/ml/churn:2024.11"

model_volume = k8s.V1Volume(
    name="models", persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="churn-models")
)
model_mount = k8s.V1VolumeMount(name="models", mount_path="/models")


class ChurnStep(KubernetesPodOperator):
    """One step of the model's image with the settings that all steps share."""

    def __init__(self, *, step, options=(), **kwargs):
        kwargs.setdefault("task_id", step)
        super().__init__(
            name=f"churn-{step}",
            namespace="ml",
            image=IMAGE,
            cmds=["python", "-m", f"churn.{step}"],
            arguments=["--date", "{{ ds }}", *options],
            volumes=[model_volume],
            volume_mounts=[model_mount],
            env_vars={"TRACKING_URI": "http://mlflow.ml.svc:5000", "RUN_ID": "{{ run_id }}"},
            service_account_name="churn-training",
            get_logs=True,
            **kwargs,
        )


def good_enough(ti):
    """Registers only models with a better score than the threshold."""
    return ti.xcom_pull(task_ids="evaluate")["auc"] >= 0.8


with DAG(
    "churn_training",
    schedule="0 4 * * MON",
    start_date=datetime(2024, 6, 3),
    catchup=False,
    dagrun_timeout=timedelta(hours=8),
    default_args={**DEFAULT_ARGS, "execution_timeout": timedelta(hours=4)},
    tags=["ml"],
) as dag:
    features = ChurnStep(step="features", options=["--window", "90"])
    train = ChurnStep(
        step="train",
        options=["--epochs", "20"],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "4", "memory": "16Gi"}, limits={"memory": "24Gi", "nvidia.com/gpu": "1"}
        ),
        node_selector={"accelerator": "nvidia-l4"},
        tolerations=[k8s.V1Toleration(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule")],
    )
    evaluate = ChurnStep(step="evaluate", do_xcom_push=True)
    gate = ShortCircuitOperator(task_id="good_enough", python_callable=good_enough)
    register = ChurnStep(step="register", options=["--stage", "production"], retries=0)

    features >> train >> evaluate >> gate >> register
