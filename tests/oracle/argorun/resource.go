package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/itchyny/gojq"
	"github.com/tidwall/gjson"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
)

// resourceInterval is how often conditions are looked at (argoexec: 5 s).
const resourceInterval = 100 * time.Millisecond

// fields makes an object's JSON look like labels, as argoexec does, so that
// conditions are parsed and matched by the label selector code.
type fieldSet struct{ json []byte }

func (f fieldSet) Has(name string) bool   { return gjson.GetBytes(f.json, name).Exists() }
func (f fieldSet) Get(name string) string { return gjson.GetBytes(f.json, name).String() }
func (f fieldSet) Lookup(name string) (string, bool) {
	r := gjson.GetBytes(f.json, name)
	return r.String(), r.Exists()
}

// runResource does what the pod of a `resource` template does: the action on
// the in-memory API, the wait for its conditions, and the output parameters.
func (k *kubelet) runResource(ctx context.Context, pod *corev1.Pod, tmpl *wfv1.Template) (string, *wfv1.Outputs, error) {
	r := tmpl.Resource
	var o object
	if err := yaml.Unmarshal([]byte(r.Manifest), &o); err != nil {
		return "", nil, fmt.Errorf("manifest: %w", err)
	}
	kind, api := str(o, "kind"), str(o, "apiVersion")
	if kind == "" || api == "" {
		return "", nil, errors.New("manifest: kind and apiVersion are required")
	}
	ns := str(meta(o), "namespace")
	if ns == "" {
		ns = pod.Namespace
	}
	resource := strings.ToLower(kind) + "s"
	if r.SetOwnerReference {
		meta(o)["ownerReferences"] = pod.OwnerReferences
	}
	name := str(meta(o), "name")
	made, err := k.act(r.Action, api, resource, ns, name, o)
	if err != nil {
		return "", nil, err
	}
	if r.Action == "delete" {
		return "deleted", nil, nil
	}
	name = str(meta(made), "name")
	if err := k.waitFor(ctx, resource, ns, name, r.SuccessCondition, r.FailureCondition); err != nil {
		return name, nil, err
	}
	outputs, err := k.resourceOutputs(ctx, tmpl, resource, ns, name)
	return name, outputs, err
}

func (k *kubelet) act(action, api, resource, ns, name string, o object) (object, error) {
	merge := func(old object) (object, error) {
		b, _ := json.Marshal(o)
		delete(meta(old), "resourceVersion")
		return applyPatch("application/merge-patch+json", old, b)
	}
	switch action {
	case "create":
		return k.st.create(api, resource, ns, o)
	case "get":
		return k.st.get(resource, ns, name)
	case "patch":
		return k.st.modify(resource, ns, name, merge)
	case "apply", "replace":
		if _, err := k.st.get(resource, ns, name); err != nil {
			return k.st.create(api, resource, ns, o)
		}
		return k.st.modify(resource, ns, name, merge)
	case "delete":
		_, err := k.st.delete(resource, ns, name, false)
		var e *apiError
		if errors.As(err, &e) && e.code == 404 { // kubectl delete --ignore-not-found
			err = nil
		}
		return nil, err
	}
	return nil, fmt.Errorf("unknown action %q", action)
}

// waitFor follows argoexec's WaitResource: any failure requirement fails at
// once, all success requirements end the wait, and a deleted object fails.
func (k *kubelet) waitFor(ctx context.Context, resource, ns, name, success, failure string) error {
	if success == "" && failure == "" {
		return nil
	}
	parse := func(text string) (labels.Requirements, error) {
		s, err := labels.Parse(text)
		if err != nil || text == "" {
			return nil, err
		}
		reqs, _ := s.Requirements()
		return reqs, nil
	}
	good, err := parse(success)
	if err != nil {
		return err
	}
	bad, err := parse(failure)
	if err != nil {
		return err
	}
	for {
		o, err := k.st.get(resource, ns, name)
		if err != nil {
			return fmt.Errorf("the resource has been deleted while its status was still being checked: %w", err)
		}
		b, _ := json.Marshal(o)
		for _, q := range bad {
			if q.Matches(fieldSet{b}) {
				return fmt.Errorf("failure condition '%s' evaluated true", q.String())
			}
		}
		matched := 0
		for _, q := range good {
			if q.Matches(fieldSet{b}) {
				matched++
			}
		}
		if matched >= len(good) {
			return nil
		}
		select {
		case <-ctx.Done():
			return errSignalled
		case <-time.After(resourceInterval):
		}
	}
}

func (k *kubelet) resourceOutputs(ctx context.Context, tmpl *wfv1.Template, resource, ns, name string) (*wfv1.Outputs, error) {
	out := tmpl.Outputs.DeepCopy()
	for i, p := range out.Parameters {
		if p.ValueFrom == nil || (p.ValueFrom.JSONPath == "" && p.ValueFrom.JQFilter == "") {
			continue
		}
		o, err := k.st.get(resource, ns, name)
		if err != nil {
			return out, err
		}
		var text string
		if p.ValueFrom.JSONPath != "" {
			text, err = jsonPath(o, p.ValueFrom.JSONPath)
		} else {
			text, err = jq(ctx, o, p.ValueFrom.JQFilter)
		}
		if err != nil {
			return out, err
		}
		out.Parameters[i].Value = wfv1.AnyStringPtr(text)
	}
	return out, nil
}

func jsonPath(o object, path string) (string, error) {
	p := jsonpath.New("output").AllowMissingKeys(true)
	if err := p.Parse(path); err != nil {
		return "", err
	}
	var b strings.Builder
	err := p.Execute(&b, o)
	return b.String(), err
}

func jq(ctx context.Context, o object, filter string) (string, error) {
	q, err := gojq.Parse(filter)
	if err != nil {
		return "", err
	}
	var lines []string
	for iter := q.RunWithContext(ctx, o); ; {
		v, ok := iter.Next()
		if !ok {
			return strings.TrimSpace(strings.Join(lines, "\n")), nil
		}
		switch t := v.(type) {
		case error:
			return "", t
		case string:
			lines = append(lines, t)
		default:
			b, err := json.Marshal(v)
			if err != nil {
				return "", err
			}
			lines = append(lines, string(b))
		}
	}
}
