/*
 * Verifies and decrypts with Bouncy Castle what tests/tool/written wrote.
 *
 *     java -cp .. Castle.java SIGNER KEY ENTITY FILE..
 *
 * SIGNER is a certificate, KEY the recipient's private key: PEM. ENTITY is what
 * was signed or encrypted. Prints "good FILE" for each FILE that is as it should
 * be, and "bad FILE: why" for the others.
 */
import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.util.*;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.GCMParameters;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.jcajce.io.CipherInputStream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.*;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.InputDecryptor;

public class Castle {
	static X509CertificateHolder signer;
	static PrivateKey key;
	static byte[] entity;

	/* A recipient by ECDH of AuthEnvelopedData, which the library has not. It
	 * agrees on the key; the cipher is given the content and its mac. */
	static class Agreed extends JceKeyAgreeRecipient {
		Agreed()
		{
			super(key);
		}

		public RecipientOperator getRecipientOperator(
		    AlgorithmIdentifier wrap, AlgorithmIdentifier content,
		    SubjectPublicKeyInfo sender, ASN1OctetString extra,
		    byte[] wrapped) throws CMSException
		{
			Key secret = extractSecretKey(
			    wrap, content, sender, extra, wrapped);

			try {
				Cipher c = Cipher.getInstance(
				    content.getAlgorithm().getId(), "BC");
				GCMParameters p = GCMParameters.getInstance(
				    content.getParameters());

				c.init(Cipher.DECRYPT_MODE, secret,
				    new GCMParameterSpec(
					8 * p.getIcvLen(), p.getNonce()));
				return new RecipientOperator(new InputDecryptor() {
					public AlgorithmIdentifier
					getAlgorithmIdentifier()
					{
						return content;
					}

					public InputStream getInputStream(
					    InputStream in)
					{
						return new CipherInputStream(
						    in, c);
					}
				});
			} catch (GeneralSecurityException e) {
				throw new CMSException("no cipher", e);
			}
		}
	}

	static Object pem(String path) throws Exception
	{
		try (PEMParser p = new PEMParser(new FileReader(path))) {
			return p.readObject();
		}
	}

	static void must(boolean ok, String what) throws Exception
	{
		if (!ok)
			throw new Exception(what);
	}

	static void verify(byte[] der, boolean detached) throws Exception
	{
		CMSSignedData s = detached
		    ? new CMSSignedData(new CMSProcessableByteArray(entity), der)
		    : new CMSSignedData(der);
		Collection<SignerInformation> all = s.getSignerInfos().getSigners();

		if (!detached)
			must(Arrays.equals(entity,
			    (byte[])s.getSignedContent().getContent()),
			    "another content");
		must(all.size() == 1, "not one signer");
		for (SignerInformation one : all) {
			must(one.getSID().match(signer), "another signer");
			for (X509CertificateHolder c : s.getCertificates()
			    .getMatches(null))
				must(c.equals(signer), "another certificate");
			must(one.verify(new JcaSimpleSignerInfoVerifierBuilder()
			    .setProvider("BC").build(signer)), "no match");
		}
	}

	static void decrypt(byte[] der, boolean gcm) throws Exception
	{
		RecipientInformationStore store = gcm
		    ? new CMSAuthEnvelopedData(der).getRecipientInfos()
		    : new CMSEnvelopedData(der).getRecipientInfos();
		Collection<RecipientInformation> all = store.getRecipients();
		Recipient how;

		must(all.size() == 1, "not one recipient");
		RecipientInformation one = all.iterator().next();
		if (key.getAlgorithm().equals("RSA"))
			how = gcm ? new JceKeyTransAuthEnvelopedRecipient(key)
			    .setProvider("BC")
			    : new JceKeyTransEnvelopedRecipient(key)
			    .setProvider("BC");
		else
			how = gcm ? new Agreed().setProvider("BC")
			    : new JceKeyAgreeEnvelopedRecipient(key)
			    .setProvider("BC");
		must(Arrays.equals(entity, one.getContent(how)),
		    "another content");
	}

	public static void main(String[] a) throws Exception
	{
		Security.addProvider(new BouncyCastleProvider());
		signer = (X509CertificateHolder)pem(a[0]);
		key = new JcaPEMKeyConverter()
		    .getPrivateKey((PrivateKeyInfo)pem(a[1]));
		entity = Files.readAllBytes(Paths.get(a[2]));
		for (int i = 3; i < a.length; i++) {
			byte[] der = Files.readAllBytes(Paths.get(a[i]));

			try {
				if (a[i].startsWith("signed"))
					verify(der, a[i].contains("detached"));
				else
					decrypt(der, a[i].contains("gcm"));
				System.out.println("good " + a[i]);
			} catch (Exception e) {
				System.out.println("bad " + a[i] + ": " + e);
			}
		}
	}
}
