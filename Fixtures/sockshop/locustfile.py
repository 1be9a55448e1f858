"""The requests of the Sock Shop demonstration's load jobs: crash, latency and login tests, with their names and weights."""

import random

from locust import HttpUser, between, task

SOCKS = ["03fef6ac-1896-4ce8-bd69-b798f85c6e0b", "510a0d7e-8e83-4193-b483-e27e09ddc34d", "d3588630-ad8e-49df-bbd7-3167f7efb246"]


class CrashVisitor(HttpUser):
    """locust-crash-test. Nobody is logged in, and the login page refuses whoever brings no password: a status of its own, not an outage."""

    wait_time = between(0.5, 1.5)

    @task(3)
    def browse(self):
        self.client.get("/catalogue", name="Browse Catalogue")

    @task(2)
    def view(self):
        self.client.get(f"/catalogue/{random.choice(SOCKS)}", name="View Item")

    @task(2)
    def add(self):
        # There is no such sock, and the shop takes it all the same.
        self.client.post("/cart", json={"id": "test-item"}, name="Add to Cart")

    @task(1)
    def login(self):
        with self.client.get("/login", name="Login Page", catch_response=True) as answer:
            answer.success() if answer.status_code == 401 else answer.failure(str(answer.status_code))


class LatencyVisitor(HttpUser):
    """locust-hybrid-crash-test and locust-pure-latency-test: slow answers are failures."""

    wait_time = between(1, 3)

    def quick(self, path, name, limit):
        with self.client.get(path, name=name, catch_response=True) as answer:
            if answer.elapsed.total_seconds() > limit:
                answer.failure(f"Slow response: {answer.elapsed.total_seconds():.2f}s")

    @task(5)
    def browse(self):
        self.quick("/catalogue", "Browse Catalogue (latency)", 3)

    @task(3)
    def view(self):
        self.quick(f"/catalogue/{random.choice(SOCKS)}", "View Item (latency)", 2)

    @task(2)
    def cart(self):
        self.quick("/basket.html", "View Cart", 2)


class Shopper(HttpUser):
    """locust-load-test with a password: LOGIN, as the jobs that log in do."""

    wait_time = between(1, 2.5)

    @task
    def login(self):
        self.client.get("/login", auth=("user", "password"), name="LOGIN")
