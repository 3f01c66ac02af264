// What the compiler has to refuse.
package wrong

import (
	"context"

	tasks "client/generated"
)

func wrong(api *tasks.TasksAPIService) {
	api.CreateTask(context.Background()).TaskInput(tasks.TaskInput{Title: 5}) // wrong: a number as title
	api.CreateTask(context.Background()).TaskInput(tasks.TaskInput{}) // wrong: no title
	api.CreateTask(context.Background()).TaskInput(tasks.TaskInput{Titel: "Buy oats"}) // wrong: an unknown property
	api.CreateTask(context.Background()).IdempotencyKye("1") // wrong: a misspelt header
	api.GetTask(context.Background(), "one") // wrong: text as id
	envelope, _, err := api.GetTask(context.Background(), 1).Execute()
	_ = envelope.Data.Titel // wrong: an unknown property of a task
	if failure, typed := err.(*tasks.GenericOpenAPIError); typed {
		_ = failure.Model().(tasks.ErrorEnvelope).Error.Status // wrong: an unknown property of an error
	}
}
