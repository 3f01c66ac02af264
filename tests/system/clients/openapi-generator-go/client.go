// The six operations, with the client of openapi-generator's `go`, which needs the standard library only.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	tasks "client/generated"
)

type service struct {
	api *tasks.TasksAPIService
	as  context.Context
}

func connect(url, token string) service {
	configuration := tasks.NewConfiguration()
	configuration.Servers = tasks.ServerConfigurations{{URL: url}}
	as := context.WithValue(context.Background(), tasks.ContextAccessToken, token)
	return service{tasks.NewAPIClient(configuration).TasksAPI, as}
}

func (s service) create(title, key string) (*tasks.TaskEnvelope, *http.Response, error) {
	return s.api.CreateTask(s.as).TaskInput(*tasks.NewTaskInput(title)).IdempotencyKey(key).Execute()
}

func (s service) replace(id int64, title, etag string) (*tasks.TaskEnvelope, *http.Response, error) {
	input := tasks.NewTaskInput(title)
	input.SetDescription("Two")
	return s.api.UpdateTask(s.as, id).TaskInput(*input).IfMatch(etag).Execute()
}

func (s service) get(id int64) (*tasks.TaskEnvelope, *http.Response, error) {
	return s.api.GetTask(s.as, id).Execute()
}

func main() {
	url := os.Getenv("TASKS_API")
	mine := connect(url, os.Getenv("TOKEN"))
	key := rand.Text()

	task := must(mine.create("Buy milk", key)).Data
	check(task.Description.Get() == nil, "the description is null")
	check(must(mine.create("Buy milk", key)).Data.Id == task.Id, "a key creates one task")
	list := must(mine.api.ListTasks(mine.as).Execute()).Data
	check(len(list) == 1 && list[0].Etag == task.Etag, "the list has the task")
	check(must(mine.get(task.Id)).Data.Title == "Buy milk", "the task has its title")
	oats := must(mine.replace(task.Id, "Buy oats", task.Etag)).Data
	check(oats.Title == "Buy oats" && *oats.Description.Get() == "Two", "the task is replaced")
	done := must(mine.api.ToggleTask(mine.as, task.Id).IfMatch(oats.Etag).Execute()).Data
	check(done.Completed, "the task is completed")

	seen := map[string]string{}
	_, answer, err := mine.replace(task.Id, "Buy rye", task.Etag)
	seen["412"] = told(answer, err)
	_, answer, err = mine.create("Buy rye", key)
	seen["422"] = told(answer, err)
	_, answer, err = connect(url, "no-token").api.ListTasks(connect(url, "no-token").as).Execute()
	seen["401"] = told(answer, err)
	_, err = mine.api.DeleteTask(mine.as, task.Id).IfMatch(done.Etag).Execute()
	check(err == nil, "the task is deleted")
	_, answer, err = mine.get(task.Id)
	seen["404"] = told(answer, err)
	_, answer, err = mine.create(" ", rand.Text())
	seen["blank"] = told(answer, err)
	seen["times"] = fmt.Sprintf("%T", task.CreatedAt)

	later := connect(os.Getenv("LATER_API"), "a-token")
	for id, name := range []string{"later task", "later code", "later status", "proxy"} {
		_, answer, err = later.get(int64(id + 1))
		seen[name] = told(answer, err)
	}
	check(json.NewEncoder(os.Stdout).Encode(seen) == nil, "it is printed")
}

func told(answer *http.Response, err error) string {
	if err == nil {
		return "read"
	}
	var failure *tasks.GenericOpenAPIError
	check(errors.As(err, &failure), err.Error())
	words := []string{fmt.Sprint(answer.StatusCode)}
	// The model is of no type until it is asserted.
	if body, typed := failure.Model().(tasks.ErrorEnvelope); typed {
		words = append(words, body.Error.Code)
		for _, violation := range body.Error.Details {
			words = append(words, violation.Field)
		}
	} else if answer.StatusCode < 300 {
		return "refused: " + err.Error()
	}
	return strings.Join(words, " ")
}

func must[Envelope any](envelope *Envelope, _ *http.Response, err error) *Envelope {
	check(err == nil, fmt.Sprint(err))
	return envelope
}

func check(held bool, what string) {
	if !held {
		fmt.Fprintln(os.Stderr, "this does not hold:", what)
		os.Exit(1)
	}
}
