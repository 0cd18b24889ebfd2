"""Pods whose Kubernetes objects hold templates, and fields that Kubernetes does not have."""

from datetime import datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

with DAG("pod_templates", start_date=datetime(2024, 1, 1), schedule=None, params={"big": True, "memory": "2Gi"}):
    KubernetesPodOperator(
        task_id="load",
        image="registry/load:1",
        cmds=["load"],
        container_resources=k8s.V1ResourceRequirements(
            requests={"memory": "{{ '6Gi' if params.big else '2Gi' }}", "cpu": "1"},
            limits={"memory": "{{ params.memory }}"},
        ),
        volumes=[
            k8s.V1Volume(
                name="data",
                persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name="data-{{ ds_nodash }}"),
            )
        ],
        volume_mounts=[k8s.V1VolumeMount(name="data", mount_path="/data", sub_path="{{ ds }}")],
        env_from=[k8s.V1EnvFromSource(config_map_ref=k8s.V1ConfigMapEnvSource(name="settings-{{ ds }}"))],
        security_context={"runAsUser": 1000, "allowPrivilegeEscalation": False},
    )
    KubernetesPodOperator(task_id="refused", image="registry/load:1", cmds=["load"], service_account_name=0)
    KubernetesPodOperator(task_id="nameless", image="registry/load:1", cmds=["load"], volumes={"emptyDir": {}})
