"""`/healthz`: this process answers. `/readyz`: the database answers too and has every migration."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


class HealthMiddleware:
    """First in line, so that a probe needs neither a host name nor https, a session nor a sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            problem = self._problem()
            return JsonResponse({"status": problem or "ok"}, status=503 if problem else 200)
        return self.get_response(request)

    @staticmethod
    def _problem() -> str | None:
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return "the database does not answer"
        return f"{len(waiting)} migrations are waiting" if waiting else None
