"""The store of the whole standard: statements numbered by their moment, one table by which they are found, and tables for
documents, attachments, definitions, seals and what is forwarded."""

import json
import uuid
from itertools import islice

import django.db.models.deletion
from django.db import migrations, models

import lms.xapi.models.attachments
from lms.xapi import identifiers

TICK_BITS = 21
AT_ONCE = 1_000


def number_by_moment(apps, schema_editor):
    statements = apps.get_model("xapi", "Statement").objects
    for place, (seq, stored) in enumerate(list(statements.order_by("seq").values_list("seq", "stored"))):
        milliseconds = int(stored.timestamp() * 1000)
        statements.filter(seq=seq).update(seq=(milliseconds << TICK_BITS) + place % (1 << TICK_BITS))


def make_ticks(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE SEQUENCE xapi_tick MINVALUE 0 MAXVALUE {(1 << TICK_BITS) - 1} CYCLE")


def drop_ticks(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE xapi_tick")


def cluster_links(apps, schema_editor):
    """SQLite keeps a table beside the index of its key unless it is told otherwise: twice the writing."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE xapi_statementlink")
        schema_editor.execute(
            "CREATE TABLE xapi_statementlink (key bigint NOT NULL, part smallint NOT NULL, seq bigint NOT NULL,"
            " PRIMARY KEY (key, part, seq)) WITHOUT ROWID"
        )


def link(apps, schema_editor):
    links = apps.get_model("xapi", "StatementLink")
    found = (
        links(key=key, part=0 if is_direct else 1, seq=seq)
        for seq, body in apps.get_model("xapi", "Statement").objects.values_list("seq", "body")
        for key, is_direct in identifiers.finding_keys(json.loads(body)).items()
    )
    while chunk := list(islice(found, AT_ONCE)):
        links.objects.bulk_create(chunk)


class Migration(migrations.Migration):

    dependencies = [
        ('xapi', '0002_credential_is_demo'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha2', models.CharField(max_length=128, unique=True)),
                ('file', models.FileField(storage=lms.xapi.models.attachments.private_storage, upload_to='')),
                ('length', models.BigIntegerField()),
                ('content_type', models.CharField(max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name='AttachmentUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activity', models.BigIntegerField()),
                ('digest', models.BigIntegerField()),
                ('body', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=60)),
                ('seq', models.BigIntegerField()),
                ('delivered_at', models.DateTimeField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('state', 'State'), ('agent-profile', 'Agent Profile'), ('activity-profile', 'Activity Profile')], max_length=20)),
                ('activity', models.BigIntegerField(default=0)),
                ('agent', models.BigIntegerField(default=0)),
                ('registration', models.UUIDField(default=uuid.UUID('00000000-0000-0000-0000-000000000000'))),
                ('document_id', models.CharField(max_length=500)),
                ('content_type', models.CharField(max_length=200)),
                ('etag', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('count', models.PositiveBigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TargetState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.CharField(max_length=60, unique=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('last_delivery_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
            ],
        ),
        migrations.DeleteModel(name='StatementLink'),
        migrations.RemoveIndex(
            model_name='statement',
            name='xapi_statem_actor_135d7e_idx',
        ),
        migrations.RemoveIndex(
            model_name='statement',
            name='xapi_statem_verb_c4f149_idx',
        ),
        migrations.RemoveIndex(
            model_name='statement',
            name='xapi_statem_object_44fa52_idx',
        ),
        migrations.RemoveIndex(
            model_name='statement',
            name='xapi_statem_registr_6b91eb_idx',
        ),
        migrations.RemoveIndex(
            model_name='statement',
            name='xapi_statem_stored_81456a_idx',
        ),
        migrations.AlterField(
            model_name='statement',
            name='credential',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='xapi.credential'),
        ),
        migrations.AlterField(
            model_name='statement',
            name='seq',
            field=models.BigIntegerField(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name='statement',
            name='voids',
            field=models.UUIDField(null=True),
        ),
        migrations.RunPython(number_by_moment, migrations.RunPython.noop),
        migrations.RunPython(make_ticks, drop_ticks),
        migrations.CreateModel(
            name='StatementLink',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'part', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('part', models.SmallIntegerField(choices=[(0, 'Direct'), (1, 'Related')])),
                ('seq', models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(cluster_links, migrations.RunPython.noop),
        migrations.RunPython(link, migrations.RunPython.noop),
        migrations.AddField(
            model_name='credential',
            name='actor',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='former_secret_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='credential',
            name='former_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='last_used_from',
            field=models.CharField(blank=True, max_length=45),
        ),
        migrations.AddField(
            model_name='credential',
            name='moves_progress',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='credential',
            name='networks',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='credential',
            name='origins',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='credential',
            name='registration',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['credential', 'seq'], name='xapi_statement_of_client'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(condition=models.Q(('voids__isnull', False)), fields=['voids'], name='xapi_statement_voids'),
        ),
        migrations.AddField(
            model_name='attachmentuse',
            name='attachment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='xapi.attachment'),
        ),
        migrations.AddField(
            model_name='attachmentuse',
            name='statement',
            field=models.ForeignKey(db_column='seq', on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='xapi.statement'),
        ),
        migrations.AddConstraint(
            model_name='definition',
            constraint=models.UniqueConstraint(fields=('activity', 'digest'), name='xapi_definition_once'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('delivered_at', None), ('refused_at', None)), fields=['target', 'seq'], name='xapi_delivery_waiting'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('refused_at__isnull', False)), fields=['target', 'seq'], name='xapi_delivery_refused'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('target', 'seq'), name='xapi_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('kind', 'activity', 'agent', 'registration', 'document_id'), name='xapi_document_once'),
        ),
        migrations.AddConstraint(
            model_name='attachmentuse',
            constraint=models.UniqueConstraint(fields=('statement', 'position'), name='xapi_attachmentuse_once'),
        ),
    ]
