"""The requests of Minimal Boutique's load generator: names, weights, waits and expected statuses of loadgenerator/locustfile.py."""

import random
import string
import uuid

from locust import HttpUser, between, task


class Visitor(HttpUser):
    wait_time = between(2, 10)

    def expect(self, status, method, path, name=None, json=None):
        """Sends a request; another status than the expected one is a failure. Gives the answer's JSON when it has the expected one."""
        with self.client.request(method, path, name=name or path.rstrip("/"), json=json, catch_response=True) as answer:
            if answer.status_code != status:
                answer.failure(f"expected={status}, got={answer.status_code}: {answer.text[:200]}")
                return None
            answer.success()
            return answer.json()

    def on_start(self):
        account = {
            "email": f"{uuid.uuid4().hex}@test.com",
            "password": "".join(random.choices(string.ascii_letters + string.digits, k=10)),
        }
        self.expect(201, "POST", "/auth/register", json=account)
        self.expect(200, "POST", "/auth/login", json=account)
        self.products = [product["id"] for product in self.expect(200, "GET", "/products/") or []]

    @task(10)
    def browse_products(self):
        self.expect(200, "GET", "/products/")
        self.expect(200, "GET", f"/products/{random.choice(self.products)}", name="/products/[id]")

    @task(5)
    def add_to_cart(self):
        line = {"product_id": random.choice(self.products), "quantity": random.randint(1, 3)}
        self.expect(201, "POST", "/cart/", json=line)

    @task(3)
    def view_cart(self):
        self.expect(200, "GET", "/cart/")

    @task(2)
    def checkout_and_pay(self):
        self.expect(201, "POST", "/cart/", name="/cart (checkout)", json={"product_id": random.choice(self.products), "quantity": 1})
        order = self.expect(201, "POST", "/checkout/") or {}
        if "order_id" in order:
            self.expect(200, "POST", "/payment/charge", json={"order_id": order["order_id"]})

    @task(1)
    def view_orders(self):
        self.expect(200, "GET", "/orders/")
