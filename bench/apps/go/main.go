//go:debug httpmuxgo121=0

// Go's net/http over pgx, written well: one prepared statement for each request, bodies decoded
// strictly, and a memory of verified tokens. It uses all cores, as Go does by default.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const (
	columns = "id, user_id, title, description, completed, created_at, updated_at"
	own     = " WHERE id = $1 AND user_id = $2"

	list    = "SELECT " + columns + " FROM tasks WHERE user_id = $1 ORDER BY created_at DESC, id DESC"
	get     = "SELECT " + columns + " FROM tasks" + own
	add     = "INSERT INTO tasks (user_id, title, description) VALUES ($1, $2, $3) RETURNING " + columns
	replace = "UPDATE tasks SET title = $3, description = $4, updated_at = clock_timestamp()" + own + " RETURNING " + columns
	toggle  = "UPDATE tasks SET completed = NOT completed, updated_at = clock_timestamp()" + own + " RETURNING " + columns

	maxTokens = 20_000
)

// stamp is a time that is written in UTC, with six digits of a second or none.
type stamp struct{ time.Time }

func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(s.tag()), nil
}

// tag is the time in quotes: as JSON, and as an entity tag.
func (s stamp) tag() string {
	if s.Nanosecond() == 0 {
		return s.UTC().Format(`"2006-01-02T15:04:05Z"`)
	}
	return s.UTC().Format(`"2006-01-02T15:04:05.000000Z"`)
}

type task struct {
	ID          int64   `json:"id"`
	UserID      string  `json:"user_id"`
	Title       string  `json:"title"`
	Description *string `json:"description"`
	Completed   bool    `json:"completed"`
	CreatedAt   stamp   `json:"created_at"`
	UpdatedAt   stamp   `json:"updated_at"`
	ETag        string  `json:"etag"`
}

func scan(row pgx.Row) (task, error) {
	var t task
	err := row.Scan(&t.ID, &t.UserID, &t.Title, &t.Description, &t.Completed, &t.CreatedAt.Time, &t.UpdatedAt.Time)
	t.ETag = t.UpdatedAt.tag()
	return t, err
}

type taskInput struct {
	Title       *string `json:"title"`
	Description *string `json:"description"`
}

func (input taskInput) isValid() bool {
	if input.Title == nil || strings.TrimSpace(*input.Title) == "" || utf8.RuneCountInString(*input.Title) > 500 {
		return false
	}
	return input.Description == nil || utf8.RuneCountInString(*input.Description) <= 65536
}

func inputOf(request *http.Request) (taskInput, bool) {
	var input taskInput
	decoder := json.NewDecoder(request.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&input)
	return input, err == nil && input.isValid()
}

// verifier remembers the tokens that it has verified.
type verifier struct {
	secret []byte
	mutex  sync.RWMutex
	known  map[string]jwt.StandardClaims
}

func (v *verifier) userOf(request *http.Request) (string, bool) {
	token, isBearer := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	if !isBearer {
		return "", false
	}
	v.mutex.RLock()
	claims, isKnown := v.known[token]
	v.mutex.RUnlock()
	if !isKnown && !v.verify(token, &claims) {
		return "", false
	}
	return claims.Subject, claims.Subject != "" && claims.ExpiresAt > time.Now().Unix()
}

func (v *verifier) verify(token string, claims *jwt.StandardClaims) bool {
	parser := jwt.Parser{ValidMethods: []string{"HS256"}}
	_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return v.secret, nil })
	if err != nil {
		return false
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if len(v.known) >= maxTokens {
		for some := range v.known { // Go begins anywhere.
			delete(v.known, some)
			break
		}
	}
	v.known[token] = *claims
	return true
}

type service struct {
	pool   *pgxpool.Pool
	tokens verifier
}

// private lets in those with a token.
func (s *service) private(next func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		user, isKnown := s.tokens.userOf(request)
		if !isKnown {
			fail(writer, http.StatusUnauthorized, "UNAUTHORIZED", "The token is not valid")
			return
		}
		next(writer, request, user)
	}
}

func (s *service) listTasks(writer http.ResponseWriter, request *http.Request, user string) {
	rows, err := s.pool.Query(request.Context(), list, user)
	if err != nil {
		failInside(writer, err)
		return
	}
	defer rows.Close()
	tasks := []task{}
	for rows.Next() {
		each, err := scan(rows)
		if err != nil {
			failInside(writer, err)
			return
		}
		tasks = append(tasks, each)
	}
	if err := rows.Err(); err != nil {
		failInside(writer, err)
		return
	}
	reply(writer, http.StatusOK, tasks)
}

func (s *service) createTask(writer http.ResponseWriter, request *http.Request, user string) {
	if input, isValid := inputOf(request); isValid {
		s.replyWithOne(writer, request, http.StatusCreated, add, user, input.Title, input.Description)
	} else {
		failInvalid(writer)
	}
}

func (s *service) getTask(writer http.ResponseWriter, request *http.Request, user string) {
	s.replyWithOwn(writer, request, user, get)
}

func (s *service) updateTask(writer http.ResponseWriter, request *http.Request, user string) {
	if input, isValid := inputOf(request); isValid {
		s.replyWithOwn(writer, request, user, replace, input.Title, input.Description)
	} else {
		failInvalid(writer)
	}
}

func (s *service) toggleTask(writer http.ResponseWriter, request *http.Request, user string) {
	s.replyWithOwn(writer, request, user, toggle)
}

func (s *service) replyWithOwn(writer http.ResponseWriter, request *http.Request, user, sql string, values ...any) {
	id, err := strconv.ParseInt(request.PathValue("id"), 10, 64)
	if err != nil {
		failInvalid(writer)
		return
	}
	s.replyWithOne(writer, request, http.StatusOK, sql, append([]any{id, user}, values...)...)
}

func (s *service) replyWithOne(writer http.ResponseWriter, request *http.Request, status int, sql string, values ...any) {
	found, err := scan(s.pool.QueryRow(request.Context(), sql, values...))
	if errors.Is(err, pgx.ErrNoRows) {
		fail(writer, http.StatusNotFound, "NOT_FOUND", "Task not found")
		return
	}
	if err != nil {
		failInside(writer, err)
		return
	}
	writer.Header().Set("ETag", found.UpdatedAt.tag())
	if status == http.StatusCreated {
		writer.Header().Set("Location", "/api/tasks/"+strconv.FormatInt(found.ID, 10))
	}
	reply(writer, status, found)
}

func reply(writer http.ResponseWriter, status int, data any) {
	send(writer, status, map[string]any{"data": data})
}

func send(writer http.ResponseWriter, status int, content any) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		slog.Error("json", "error", err)
	}
	body := bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
	writer.Header().Set("Content-Type", "application/json")
	writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	writer.WriteHeader(status)
	_, _ = writer.Write(body)
}

func fail(writer http.ResponseWriter, status int, code, message string) {
	send(writer, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func failInvalid(writer http.ResponseWriter) {
	fail(writer, http.StatusUnprocessableEntity, "VALIDATION_ERROR", "The request is not valid")
}

func failInside(writer http.ResponseWriter, err error) {
	slog.Error("unexpected", "error", err)
	fail(writer, http.StatusInternalServerError, "INTERNAL_ERROR", "Internal server error")
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		began, recorded := time.Now(), &recorder{writer, http.StatusOK}
		next.ServeHTTP(recorded, request)
		slog.Info("request", "method", request.Method, "path", request.URL.Path,
			"status", recorded.status, "took", time.Since(began))
	})
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { send(w, http.StatusOK, struct{}{}) })
	mux.HandleFunc("GET /api/tasks", s.private(s.listTasks))
	mux.HandleFunc("POST /api/tasks", s.private(s.createTask))
	mux.HandleFunc("GET /api/tasks/{id}", s.private(s.getTask))
	mux.HandleFunc("PUT /api/tasks/{id}", s.private(s.updateTask))
	mux.HandleFunc("PATCH /api/tasks/{id}/complete", s.private(s.toggleTask))
	return logged(mux)
}

func open() (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return nil, err
	}
	config.MaxConns = 10
	return pgxpool.ConnectConfig(context.Background(), config)
}

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	pool, err := open()
	if err != nil {
		panic(err)
	}
	secret := []byte(os.Getenv("BETTER_AUTH_SECRET"))
	service := &service{pool: pool, tokens: verifier{secret: secret, known: map[string]jwt.StandardClaims{}}}
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), service.routes()))
}
