// An API client as people write it by hand, unchanged: JSON on everything, `data`, `error.message`.

export class TaskClient {
  constructor(baseURL, getToken) {
    this.baseURL = baseURL;
    this.getToken = getToken;
  }

  async request(path, options = {}) {
    const token = await this.getToken();
    const response = await fetch(`${this.baseURL}${path}`, {
      ...options,
      headers: {
        "Content-Type": "application/json",
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...options.headers,
      },
    });
    if (response.status === 204) {
      return undefined;
    }
    const body = await response.json();
    if (!response.ok) {
      throw new Error(body.error?.message ?? "Request failed");
    }
    return body.data;
  }

  getTasks() {
    return this.request("/api/tasks");
  }

  getTask(id) {
    return this.request(`/api/tasks/${id}`);
  }

  createTask(task) {
    return this.request("/api/tasks", { method: "POST", body: JSON.stringify(task) });
  }

  updateTask(id, task) {
    return this.request(`/api/tasks/${id}`, { method: "PUT", body: JSON.stringify(task) });
  }

  deleteTask(id) {
    return this.request(`/api/tasks/${id}`, { method: "DELETE" });
  }

  toggleTask(id) {
    return this.request(`/api/tasks/${id}/complete`, { method: "PATCH" });
  }
}
